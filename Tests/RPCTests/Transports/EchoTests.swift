import Contracts
import RPC
import Testing

@Suite("A call over every transport")
struct EchoTests {
    @Test("a request arrives and its reply comes back, whatever its size", arguments: TransportKind.allCases)
    func echo(_ kind: TransportKind) async throws {
        try await Bench.with(kind, TestService().router()) { bench in
            for byteCount in [0, 1, 40, 4_000, 700_000] {
                let request = TestingV1.EchoRequest(
                    text: "客户 \(byteCount)", payload: (0..<byteCount).map { UInt8(truncatingIfNeeded: $0) })
                let reply = try await bench.client.echo(request)
                #expect(reply.text == request.text)
                #expect(reply.payload == request.payload)
            }
        }
    }

    @Test("what the caller says of itself arrives with the call", arguments: TransportKind.allCases)
    func context(_ kind: TransportKind) async throws {
        let seen = Notes<CallContext>()
        var service = TestService()
        service.onAdd = { _, context in
            seen.add(context)
            return TestingV1.AddResponse()
        }
        try await Bench.with(kind, service.router()) { bench in
            let principal = Principal(user: "staff-17", roles: ["manager", ""], officePath: "/head/east/pudong/")
            let trace = TraceContext.random()
            _ = try await bench.client.add(
                TestingV1.AddRequest(amount: 1),
                options: CallOptions(
                    timeout: .seconds(20), idempotencyKey: "once-1", principal: principal, trace: trace))
            _ = try await bench.client.add(TestingV1.AddRequest(amount: 2))
            let first = try #require(seen.all.first)
            #expect(first.method == "zhike.testing.v1.TestingService/Add")
            #expect(first.caller == "tester")
            #expect(first.idempotencyKey == "once-1")
            #expect(first.principal == principal)
            #expect(first.trace.traceID == trace.traceID)
            #expect(first.trace.spanID != trace.spanID)
            #expect(first.remaining <= .seconds(20))
            let second = try #require(seen.all.last)
            #expect(second.idempotencyKey == nil)
            #expect(second.principal == nil)
            #expect(second.requestID != first.requestID)
            #expect(second.trace.traceID != first.trace.traceID)
        }
    }

    @Test("many calls at once each get their own reply", arguments: TransportKind.allCases)
    func manyAtOnce(_ kind: TransportKind) async throws {
        var service = TestService()
        service.onEcho = { request, _ in
            // Replies overtake each other.
            if request.payload.count.isMultiple(of: 3) { await Task.yield() }
            return TestingV1.EchoResponse(text: request.text, payload: request.payload)
        }
        try await Bench.with(kind, service.router()) { bench in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let request = TestingV1.EchoRequest(
                            text: "\(number)", payload: [UInt8](repeating: UInt8(number), count: number))
                        let reply = try await bench.client.echo(request)
                        #expect(reply.text == request.text && reply.payload == request.payload)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("an inline handler serves like any other", arguments: TransportKind.allCases)
    func inlineHandler(_ kind: TransportKind) async throws {
        var router = TestService().router()
        router.handleInline(TestingV1.TestingServiceMethods.echo) { request, _ in
            guard request.text != "no" else { throw RPCError(.aborted, "no") }
            return TestingV1.EchoResponse(text: request.text)
        }
        try await Bench.with(kind, router) { bench in
            for number in 0..<20 {
                let reply = try await bench.client.echo(TestingV1.EchoRequest(text: "\(number)"))
                #expect(reply.text == "\(number)")
            }
            let error = try await failure { () throws(RPCError) in
                try await bench.client.echo(TestingV1.EchoRequest(text: "no"))
            }
            #expect(error.code == .aborted)
        }
    }
}
