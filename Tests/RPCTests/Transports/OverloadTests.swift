import Contracts
import RPC
import RPCNNGTransport
import TestSupport
import Testing

@Suite("Overload and draining")
struct OverloadTests {
    private func slowService(_ gate: Gate) -> RPCRouter {
        var service = TestService()
        service.onEcho = { request, _ in
            await gate.pass()
            return TestingV1.EchoResponse(text: request.text)
        }
        return service.router()
    }

    @Test("a call over the limit is refused at once, and the others go on", arguments: TransportKind.allCases)
    func refused(_ kind: TransportKind) async throws {
        let gate = Gate()
        let configuration = NNGServerConfiguration(
            calls: RPCServerConfiguration(runningCallLimit: 2, overloadRetryAfterMilliseconds: 70))
        try await Bench.with(kind, slowService(gate), configuration: configuration) { bench in
            let running = Task {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<2 { group.addTask { _ = try await bench.client.echo(TestingV1.EchoRequest()) } }
                    try await group.waitForAll()
                }
            }
            try await eventually("two handlers run") { gate.arrivedCount == 2 }
            for _ in 0..<50 {
                let error = try await failure { () throws(RPCError) in
                    try await bench.client.echo(TestingV1.EchoRequest(), options: CallOptions(retry: .never))
                }
                #expect(error.code == .resourceExhausted && error.notExecuted && error.retryAfterMilliseconds == 70)
            }
            #expect(gate.arrivedCount == 2)
            gate.open()
            try await running.value
            _ = try await bench.client.echo(TestingV1.EchoRequest())
        }
    }

    @Test("a read that was refused for overload comes through when there is room", arguments: TransportKind.allCases)
    func retried(_ kind: TransportKind) async throws {
        let gate = Gate()
        let configuration = NNGServerConfiguration(
            calls: RPCServerConfiguration(runningCallLimit: 1, overloadRetryAfterMilliseconds: 1))
        try await Bench.with(kind, slowService(gate), configuration: configuration) { bench in
            let first = Task { try await bench.client.echo(TestingV1.EchoRequest(text: "1")) }
            try await eventually("one handler runs") { gate.arrivedCount == 1 }
            let retry = RetryPolicy(attemptLimit: 10, firstBackoffMilliseconds: 100, longestBackoffMilliseconds: 400)
            let counting = CountingTransport(bench.transport)
            let client = TestingV1.TestingServiceClient(RPCChannel(transport: counting, key: bench.key))
            let second = Task {
                try await client.echo(TestingV1.EchoRequest(text: "2"), options: CallOptions(retry: retry))
            }
            try await eventually("the second call is refused") { counting.endedCount > 0 }
            gate.open()
            let replies = try await [first.value.text, second.value.text]
            #expect(replies == ["1", "2"])
        }
    }

    @Test("a service that stops finishes what runs and refuses what comes", arguments: TransportKind.allCases)
    func drains(_ kind: TransportKind) async throws {
        let gate = Gate()
        try await Bench.with(kind, slowService(gate)) { bench in
            let running = Task { try await bench.client.echo(TestingV1.EchoRequest(text: "last")) }
            try await eventually("the handler runs") { gate.arrivedCount == 1 }
            try await bench.stop()
            try await eventually("new calls are refused") {
                let error = try await failure { () throws(RPCError) in
                    try await bench.client.echo(
                        TestingV1.EchoRequest(text: "late"),
                        options: CallOptions(timeout: .seconds(1), retry: .never))
                }
                return error.code == .unavailable && error.notExecuted
            }
            gate.open()
            #expect(try await running.value.text == "last")
        }
    }

    @Test("a large reply with which the draining ends arrives whole", arguments: [TransportKind.ipc, .tcp])
    func lastReply(_ kind: TransportKind) async throws {
        let byteCount = 900_000
        for _ in 0..<20 {
            let gate = Gate()
            var service = TestService()
            service.onEcho = { _, _ in
                await gate.pass()
                return TestingV1.EchoResponse(payload: [UInt8](repeating: 7, count: byteCount))
            }
            try await Bench.with(kind, service.router()) { bench in
                let running = Task {
                    try await bench.client.echo(
                        TestingV1.EchoRequest(), options: CallOptions(timeout: .seconds(20), retry: .never))
                }
                try await eventually("the handler runs") { gate.arrivedCount == 1 }
                try await bench.stop()
                gate.open()
                #expect(try await running.value.payload.count == byteCount)
            }
        }
    }
}
