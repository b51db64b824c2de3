import Contracts
import RPC
import TestSupport
import Testing

@Suite("Slow handlers")
struct SlowHandlerTests {
    @Test("calls that time out at a slow handler cost no other call on the channel", arguments: TransportKind.sockets)
    func others(_ kind: TransportKind) async throws {
        let gate = Gate()
        var service = TestService()
        service.onEcho = { _, _ in
            await untilCancelled()
            throw CancellationError()
        }
        service.onAdd = { _, _ in
            await gate.pass()
            return TestingV1.AddResponse(total: 7)
        }
        try await Bench.with(kind, service.router()) { bench in
            let long = Task {
                try await bench.client.add(TestingV1.AddRequest(), options: CallOptions(timeout: .seconds(60)))
            }
            try await eventually("the long call runs") { gate.arrivedCount == 1 }
            // Between two looks of the watchdog always more than it takes for dead.
            for _ in 0..<12 {
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            let options = CallOptions(timeout: .milliseconds(250), retry: .never)
                            let reply = try? await bench.client.echo(TestingV1.EchoRequest(), options: options)
                            #expect(reply == nil)
                        }
                    }
                }
            }
            gate.open()
            #expect(try await long.value.total == 7)
        }
    }
}
