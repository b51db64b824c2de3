import Contracts
import RPC
import Testing

@Suite("Traces")
struct TraceTests {
    @Test(
        "a trace passes through a service to the next, with a new span at each hop", arguments: TransportKind.allCases)
    func twoHops(_ kind: TransportKind) async throws {
        let seen = Notes<TraceContext>()
        var inner = TestService()
        inner.onAdd = { _, context in
            seen.add(context.trace)
            return TestingV1.AddResponse()
        }
        var innerRouter = inner.router()
        innerRouter.observeCalls(logger: Bench.quiet)
        try await Bench.with(kind, innerRouter) { innerBench in
            var outer = TestService()
            outer.onAdd = { request, context in
                seen.add(context.trace)
                // By hand, and by the trace that the task carries.
                _ = try await innerBench.client.add(request, options: context.childOptions())
                return try await innerBench.client.add(request)
            }
            var outerRouter = outer.router()
            outerRouter.observeCalls(logger: Bench.quiet)
            try await Bench.with(kind, outerRouter) { bench in
                let trace = TraceContext.random()
                _ = try await bench.client.add(TestingV1.AddRequest(), options: CallOptions(trace: trace))
                #expect(seen.all.count == 3)
                #expect(seen.all.allSatisfy { $0.traceID == trace.traceID })
                #expect(Set(seen.all.map(\.spanID)).count == 3)
            }
        }
    }

    @Test("a handler finds its trace in the task, for its log lines", arguments: TransportKind.allCases)
    func ambient(_ kind: TransportKind) async throws {
        let seen = Notes<String?>()
        var service = TestService()
        service.onAdd = { _, _ in
            seen.add(TraceContext.current?.traceID)
            return TestingV1.AddResponse()
        }
        var router = service.router()
        router.observeCalls(logger: Bench.quiet)
        try await Bench.with(kind, router) { bench in
            let trace = TraceContext.random()
            _ = try await bench.client.add(TestingV1.AddRequest(), options: CallOptions(trace: trace))
            #expect(seen.all == [trace.traceID])
        }
    }
}
