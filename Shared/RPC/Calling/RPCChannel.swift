public import ProtobufC

/// The calling side of all transports: signs calls, keeps deadlines, repeats what may be repeated, checks replies.
public struct RPCChannel: RPCCaller {
    let transport: any RPCTransport
    let key: SigningKey
    let retryBudget: RetryBudget
    let retryCounter: RetryCounter
    private let interceptors: [any RPCClientInterceptor]

    /// - Parameter interceptors: stand around each call with all its attempts, the first outermost.
    public init(
        transport: any RPCTransport, key: ServiceKey, interceptors: [any RPCClientInterceptor] = []
    ) {
        self.transport = transport
        self.key = SigningKey(key)
        self.interceptors = interceptors
        retryBudget = RetryBudget()
        retryCounter = RetryCounter()
    }

    public func call<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ method: RPCMethod<Request, Reply>, _ request: Request, _ options: CallOptions
    ) async throws(RPCError) -> Reply {
        let body: [UInt8]
        do {
            body = try request.packed()
        } catch {
            throw RPCError(
                .invalidArgument, "The request cannot be sent: \(error.message).", field: error.field,
                notExecuted: true)
        }
        let received = try await perform(OutgoingCall(method: method.description, options: options), body)
        do {
            return try Reply(
                unpacking: received.frame.span.bytes.extracting(received.body), memoryLimit: RPCLimits.unpackedBytes)
        } catch {
            throw RPCError(.internalError, "The reply of \(method.name) cannot be read: \(error.message).")
        }
    }

    /// Everything that does not depend on the types of the messages.
    private func perform(_ call: OutgoingCall, _ body: [UInt8]) async throws(RPCError) -> ReceivedReply {
        guard body.count <= call.method.requestByteLimit else {
            throw RPCError(
                .invalidArgument,
                "The request has \(body.count) bytes, \(call.method.name) takes at most "
                    + "\(call.method.requestByteLimit): send it in smaller parts.", notExecuted: true)
        }
        guard !interceptors.isEmpty else { return try await attempts(call, body) }
        return try await intercepted(call, body, from: 0)
    }

    private func intercepted(
        _ call: OutgoingCall, _ body: [UInt8], from index: Int
    ) async throws(RPCError) -> ReceivedReply {
        guard index < interceptors.count else { return try await attempts(call, body) }
        return try await interceptors[index].intercept(call) { call async throws(RPCError) in
            try await intercepted(call, body, from: index + 1)
        }
    }
}
