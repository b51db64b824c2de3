import Contracts
import RPC
import RPCInProcessTransport
import TestSupport
import Testing

private struct CapReached: RPCErrorConvertible {
    var rpcError: RPCError {
        RPCError(.failedPrecondition, "The customer had three contacts this week: wait until Monday.")
    }
}

private struct Unexplained: Error {
    let phone = "13800001111"
}

@Suite("Errors of a call")
struct ErrorTests {
    @Test("every status travels with all its details", arguments: TransportKind.allCases)
    func details(_ kind: TransportKind) async throws {
        var service = TestService()
        service.onAdd = { request, _ in
            throw RPCError(
                try #require(RPCError.Code(rawValue: Int(request.amount))), "请填写 amount。", field: "amount",
                retryAfterMilliseconds: 7, notExecuted: true)
        }
        try await Bench.with(kind, service.router()) { bench in
            for code in RPCError.Code.all where code != .ok {
                let error = try await failure { () throws(RPCError) in
                    try await bench.client.add(TestingV1.AddRequest(amount: Int64(code.rawValue)))
                }
                #expect(
                    error
                        == RPCError(
                            code, "请填写 amount。", field: "amount", retryAfterMilliseconds: 7, notExecuted: true))
            }
        }
    }

    @Test("a service's own error leaves with the status it asks for", arguments: TransportKind.allCases)
    func convertible(_ kind: TransportKind) async throws {
        var service = TestService()
        service.onAdd = { _, _ in throw CapReached() }
        try await Bench.with(kind, service.router()) { bench in
            let error = try await failure { () throws(RPCError) in
                try await bench.client.add(TestingV1.AddRequest())
            }
            #expect(error == CapReached().rpcError)
        }
    }

    @Test("the log says of an INTERNAL error what the error lets it say")
    func logged() async throws {
        let capture = LogCapture()
        let key = try ServiceKey.random(id: "tester-1", service: "tester")
        var service = TestService()
        service.onAdd = { _, _ in throw BrokenStatement() }
        let dispatcher = try RPCDispatcher(router: service.router(), keys: KeyRing([key]), logger: capture.logger)
        let client = TestingV1.TestingServiceClient(InProcessChannel(dispatcher: dispatcher, key: key))
        let error = try await failure { () throws(RPCError) in try await client.add(TestingV1.AddRequest()) }
        #expect(error.code == .internalError && !error.message.contains("23503"))
        #expect(capture.count("error A handler failed within") == 1 && capture.text.contains("23503"))
    }

    @Test("an error that nobody explained leaves as INTERNAL and tells nothing", arguments: TransportKind.allCases)
    func unexplained(_ kind: TransportKind) async throws {
        var service = TestService()
        service.onAdd = { _, _ in throw Unexplained() }
        try await Bench.with(kind, service.router()) { bench in
            let error = try await failure { () throws(RPCError) in
                try await bench.client.add(TestingV1.AddRequest())
            }
            #expect(error.code == .internalError)
            #expect(!error.message.contains("13800001111") && !error.message.contains("Unexplained"))
            #expect(!error.notExecuted)
        }
    }

    @Test("a request that is too long, or cannot be read, names what is wrong", arguments: TransportKind.allCases)
    func tooLong(_ kind: TransportKind) async throws {
        try await Bench.with(kind, TestService().router()) { bench in
            let tooLong = TestingV1.EchoRequest(payload: [UInt8](repeating: 1, count: RPCLimits.requestBytes + 1))
            let error = try await failure { () throws(RPCError) in try await bench.client.echo(tooLong) }
            #expect(error.code == .invalidArgument && error.notExecuted)
            let cut = TestingV1.EchoRequest(text: "a\0b")
            let nul = try await failure { () throws(RPCError) in try await bench.client.echo(cut) }
            #expect(nul.code == .invalidArgument && nul.notExecuted)
        }
    }

    @Test(
        "a reply that is longer than a message may be is an error, not a lost call", arguments: TransportKind.allCases)
    func replyTooLong(_ kind: TransportKind) async throws {
        var service = TestService()
        service.onEcho = { _, _ in TestingV1.EchoResponse(payload: [UInt8](repeating: 1, count: 1 << 20)) }
        try await Bench.with(kind, service.router()) { bench in
            let error = try await failure { () throws(RPCError) in
                try await bench.client.echo(TestingV1.EchoRequest())
            }
            #expect(error.code == .outOfRange)
        }
    }

    @Test("a message of an error is cut before it outgrows the envelope", arguments: TransportKind.allCases)
    func longMessage(_ kind: TransportKind) async throws {
        var service = TestService()
        service.onAdd = { _, _ in
            throw RPCError(
                .aborted, String(repeating: "长", count: 100_000), field: String(repeating: "f", count: 100_000))
        }
        try await Bench.with(kind, service.router()) { bench in
            let error = try await failure { () throws(RPCError) in
                try await bench.client.add(TestingV1.AddRequest())
            }
            #expect(error.code == .aborted && error.message.hasPrefix("长长"))
        }
    }
}

private struct BrokenStatement: RPCErrorConvertible {
    let rpcError = RPCError(.internalError, "The service failed; its log says more.")
    let logDescription: String? = "Postgres server 23503"
}
