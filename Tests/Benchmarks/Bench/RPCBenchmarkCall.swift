internal import Contracts
internal import RPC
internal import Synchronization

/// The call that is measured, and how many bytes it moves.
enum RPCBenchmarkCall {
    static let request = ProfileV1.GetCustomerRequest(
        customer: .init(by: .identity(.init(kind: "customer_number", value: "40017"))),
        timelineLimit: 20, revealReason: "opens")

    static let options = CallOptions(
        principal: Principal(user: "staff-17", roles: ["manager"], officePath: "/head/east/pudong/"))

    static func key() throws -> ServiceKey {
        try ServiceKey(id: "gateway-1", service: "gateway", secret: [UInt8](repeating: 7, count: 32))
    }

    struct ByteCounts {
        let request: Int
        let reply: Int
    }

    /// Bytes of a call and of its reply on the wire, envelope and MAC included: the baseline moves as many.
    static func byteCounts() async throws -> ByteCounts {
        let dispatcher = try RPCDispatcher(router: RPCBenchmarkServer.router(), keys: KeyRing([key()]))
        let measuring = MeasuringTransport(dispatcher)
        let reply = try await RPCChannel(transport: measuring, key: key()).call(
            ProfileV1.ProfileServiceMethods.getCustomer, request, options)
        guard reply.customer == ProfileSample.customer else { throw RPCBenchmarkError("The reply is not the profile.") }
        return measuring.byteCounts
    }
}

/// Answers within the process and writes down how long call and reply were.
private final class MeasuringTransport: RPCTransport {
    private let dispatcher: RPCDispatcher
    private let last = Mutex(RPCBenchmarkCall.ByteCounts(request: 0, reply: 0))

    init(_ dispatcher: RPCDispatcher) {
        self.dispatcher = dispatcher
    }

    var byteCounts: RPCBenchmarkCall.ByteCounts { last.withLock { $0 } }

    nonisolated(nonsending) func exchange(_ frame: consuming [UInt8], deadline: ContinuousClock.Instant)
        async throws(RPCError) -> [UInt8]
    {
        let requestByteCount = frame.count
        let reply = await dispatcher.answer(frame)
        last.withLock { $0 = RPCBenchmarkCall.ByteCounts(request: requestByteCount, reply: reply.count) }
        return reply
    }
}

struct RPCBenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
