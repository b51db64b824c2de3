import Contracts
import RPC
import TestSupport
import Testing

@Suite("Deadlines and giving up")
struct DeadlineTests {
    @Test("the time left shrinks from hop to hop", arguments: TransportKind.allCases)
    func shrinks(_ kind: TransportKind) async throws {
        let deadlines = Notes<ContinuousClock.Instant>()
        var inner = TestService()
        inner.onAdd = { _, context in
            deadlines.add(context.deadline)
            return TestingV1.AddResponse()
        }
        try await Bench.with(kind, inner.router()) { innerBench in
            var outer = TestService()
            outer.onAdd = { request, context in
                deadlines.add(context.deadline)
                // Asks for more time than there is; the outer deadline wins.
                var options = context.childOptions()
                options.timeout = .seconds(60)
                return try await innerBench.client.add(request, options: options)
            }
            try await Bench.with(kind, outer.router()) { bench in
                let start = ContinuousClock.now
                _ = try await bench.client.add(TestingV1.AddRequest(), options: CallOptions(timeout: .seconds(9)))
                let all = deadlines.all
                #expect(all.count == 2)
                // A millisecond of rounding up at each hop, and the call's way, lie between.
                #expect(all[1] <= all[0] + .milliseconds(50))
                #expect(all[0] <= start + .seconds(9) + .seconds(1))
            }
        }
    }

    @Test("a caller stops waiting at its deadline, and the handler is cancelled", arguments: TransportKind.allCases)
    func cancelledAtDeadline(_ kind: TransportKind) async throws {
        let ends = Notes<Bool>()
        var service = TestService()
        service.onAdd = { _, _ in
            await untilCancelled()
            ends.add(Task.isCancelled)
            // A reply might still arrive in time: who is cancelled first, the handler or its caller, is open.
            throw CancellationError()
        }
        try await Bench.with(kind, service.router()) { bench in
            try await eventually("a handler is cancelled") {
                let error = try await failure { () throws(RPCError) in
                    try await bench.client.add(
                        TestingV1.AddRequest(), options: CallOptions(timeout: .milliseconds(200)))
                }
                // On a busy machine the time may be over before the handler even begins.
                #expect(error.code == .deadlineExceeded || error.code == .unavailable)
                return !ends.all.isEmpty
            }
            #expect(ends.all.allSatisfy { $0 })
        }
    }

    @Test("a deadline that has passed already sends nothing", arguments: TransportKind.allCases)
    func alreadyPassed(_ kind: TransportKind) async throws {
        let calls = Notes<Int64>()
        var service = TestService()
        service.onAdd = { request, _ in
            calls.add(request.amount)
            return TestingV1.AddResponse()
        }
        try await Bench.with(kind, service.router()) { bench in
            let error = try await failure { () throws(RPCError) in
                try await bench.client.add(
                    TestingV1.AddRequest(amount: 1),
                    options: CallOptions(deadline: ContinuousClock.now - .milliseconds(1)))
            }
            #expect(error.code == .deadlineExceeded && error.notExecuted)
            _ = try await bench.client.add(TestingV1.AddRequest(amount: 2))
            #expect(calls.all == [2])
        }
    }

    @Test("a caller that is cancelled returns at once", arguments: TransportKind.allCases)
    func cancellation(_ kind: TransportKind) async throws {
        let gate = Gate()
        var service = TestService()
        service.onAdd = { _, _ in
            await gate.pass()
            return TestingV1.AddResponse()
        }
        try await Bench.with(kind, service.router()) { bench in
            let call = Task {
                try await failure { () throws(RPCError) in
                    try await bench.client.add(TestingV1.AddRequest(), options: CallOptions(timeout: .seconds(500)))
                }
            }
            try await eventually("the handler runs") { gate.arrivedCount == 1 }
            call.cancel()
            let error = try await call.value
            #expect(error.code == .cancelled && !error.notExecuted)
            gate.open()
        }
    }
}
