public import ProtobufC

/// The calling side of all transports: signs calls, keeps deadlines, repeats what may be repeated, checks replies and
/// measures.
public final class RPCChannel: RPCChannelCaller {
    let transport: any RPCTransport
    /// The same, where it can bundle calls.
    let bundling: (any BundlingTransport)?
    let key: SigningKey
    let retryBudget = RetryBudget()
    let methods = CalledMethods()
    private let interceptors: [any RPCClientInterceptor]

    /// - Parameter interceptors: stand around each call with all its attempts, the first outermost.
    public init(transport: any RPCTransport, key: ServiceKey, interceptors: [any RPCClientInterceptor] = []) {
        self.transport = transport
        bundling = transport as? any BundlingTransport
        self.key = SigningKey(key)
        self.interceptors = interceptors
    }

    public var channel: RPCChannel { self }

    public nonisolated(nonsending) func call<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ method: RPCMethod<Request, Reply>, _ request: Request, _ options: CallOptions
    ) async throws(RPCError) -> Reply {
        let body = try Self.packed(request, method.requestByteLimit)
        let call = OutgoingCall(method: method.description, options: options)
        let received =
            interceptors.isEmpty ? try await attempts(call, body) : try await intercepted(call, body, from: 0)
        return try Self.unpacked(received)
    }

    private static func packed(_ request: some ProtobufMessage, _ byteLimit: Int) throws(RPCError) -> [UInt8] {
        let body: [UInt8]
        do {
            body = try request.packed()
        } catch {
            throw RPCError(
                .invalidArgument, "The request cannot be sent: \(error.message).", field: error.field,
                notExecuted: true)
        }
        guard body.count <= byteLimit else {
            throw RPCError(
                .invalidArgument,
                "The request has \(body.count) bytes, its method takes at most \(byteLimit): send it in smaller parts.",
                notExecuted: true)
        }
        return body
    }

    private static func unpacked<Reply: ProtobufMessage>(_ received: ReceivedReply) throws(RPCError) -> Reply {
        do {
            return try Reply(
                unpacking: received.frame.span.bytes.extracting(received.body), memoryLimit: RPCLimits.unpackedBytes)
        } catch {
            throw RPCError(.internalError, "The reply cannot be read: \(error.message).")
        }
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
