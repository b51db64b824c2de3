import Contracts
import RPC
import RPCInProcessTransport
import Testing

@Suite("Repeating a call")
struct RetryTests {
    private static let lost = RPCError(.unavailable, "The connection was lost.")
    private static let quick = RetryPolicy(
        attemptLimit: 4, firstBackoffMilliseconds: 1, longestBackoffMilliseconds: 2)

    /// A client whose first exchanges fail in the given way before the service is reached.
    private func client(
        _ failures: [RPCError], _ service: TestService = TestService()
    ) throws -> (TestingV1.TestingServiceClient, FailingTransport) {
        let key = try ServiceKey.random(id: "tester-1", service: "tester")
        let dispatcher = try RPCDispatcher(
            router: service.router(), keys: KeyRing([key]), logger: Bench.quiet)
        let transport = FailingTransport(InProcessTransport(dispatcher), failures: failures)
        return (TestingV1.TestingServiceClient(RPCChannel(transport: transport, key: key)), transport)
    }

    @Test("reads and idempotent calls are repeated, each attempt with a nonce of its own")
    func repeatsReads() async throws {
        let (reading, reads) = try client([Self.lost, RPCError(.resourceExhausted, "full")])
        let reply = try await reading.echo(
            TestingV1.EchoRequest(text: "again"), options: CallOptions(retry: Self.quick))
        #expect(reply.text == "again" && reads.frames.count == 3)
        #expect(Set(reads.frames).count == 3)
        let (putting, puts) = try client([Self.lost])
        _ = try await putting.put(TestingV1.PutRequest(), options: CallOptions(retry: Self.quick))
        #expect(puts.frames.count == 2)
    }

    @Test("a change is repeated with an idempotency key alone, and always with the same one")
    func changes() async throws {
        let keys = Notes<String?>()
        var service = TestService()
        service.onAdd = { _, context in
            keys.add(context.idempotencyKey)
            return TestingV1.AddResponse()
        }
        let (without, attempts) = try client([Self.lost], service)
        let error = try await failure { () throws(RPCError) in
            try await without.add(TestingV1.AddRequest(), options: CallOptions(retry: Self.quick))
        }
        #expect(error == Self.lost && attempts.frames.count == 1)
        // Not even where it is certain that nothing happened: the caller decides.
        let unsent = RPCError(.unavailable, "never sent", notExecuted: true)
        let (neverSent, once) = try client([unsent], service)
        _ = try await failure { () throws(RPCError) in
            try await neverSent.add(TestingV1.AddRequest(), options: CallOptions(retry: Self.quick))
        }
        #expect(once.frames.count == 1)
        let (with, repeated) = try client([Self.lost, Self.lost], service)
        _ = try await with.add(
            TestingV1.AddRequest(), options: CallOptions(idempotencyKey: "key-1", retry: Self.quick))
        #expect(repeated.frames.count == 3 && keys.all == ["key-1"])
    }

    @Test("an empty idempotency key is none: it does not reach the service, and nothing is repeated for it")
    func emptyKey() async throws {
        let keys = Notes<String?>()
        var service = TestService()
        service.onAdd = { _, context in
            keys.add(context.idempotencyKey)
            return TestingV1.AddResponse()
        }
        let (client, attempts) = try client([Self.lost], service)
        let options = CallOptions(idempotencyKey: "", retry: Self.quick)
        let error = try await failure { () throws(RPCError) in
            try await client.add(TestingV1.AddRequest(), options: options)
        }
        #expect(error == Self.lost && attempts.frames.count == 1)
        _ = try await client.add(TestingV1.AddRequest(), options: options)
        #expect(keys.all == [nil])
    }

    @Test("what repeating cannot change is not repeated")
    func otherErrors() async throws {
        for code in RPCError.Code.all where ![.ok, .unavailable, .resourceExhausted].contains(code) {
            let (client, attempts) = try client([RPCError(code, "no")])
            let error = try await failure { () throws(RPCError) in
                try await client.echo(TestingV1.EchoRequest(), options: CallOptions(retry: Self.quick))
            }
            #expect(error.code == code && attempts.frames.count == 1)
        }
    }

    @Test("attempts end at their limit, and a policy of one attempt never repeats")
    func limits() async throws {
        let failures = [RPCError](repeating: Self.lost, count: 9)
        let (client, attempts) = try client(failures)
        _ = try await failure { () throws(RPCError) in
            try await client.echo(TestingV1.EchoRequest(), options: CallOptions(retry: Self.quick))
        }
        #expect(attempts.frames.count == 4)
        _ = try await failure { () throws(RPCError) in
            try await client.echo(TestingV1.EchoRequest(), options: CallOptions(retry: .never))
        }
        #expect(attempts.frames.count == 5)
    }

    @Test("a channel that only fails soon stops repeating")
    func budget() async throws {
        let calls = 200
        let (client, attempts) = try client([RPCError](repeating: Self.lost, count: 10_000))
        for _ in 0..<calls {
            _ = try await failure { () throws(RPCError) in
                try await client.echo(TestingV1.EchoRequest(), options: CallOptions(retry: Self.quick))
            }
        }
        // Ten in store, and one for each ten calls.
        #expect(attempts.frames.count >= calls + 10)
        #expect(attempts.frames.count <= calls + 10 + calls / 10 + 1)
    }

    @Test("nothing is repeated that would come after the deadline")
    func deadline() async throws {
        let asksLong = RPCError(.unavailable, "later", retryAfterMilliseconds: 60_000)
        let (client, attempts) = try client([asksLong])
        let error = try await failure { () throws(RPCError) in
            try await client.echo(TestingV1.EchoRequest(), options: CallOptions(timeout: .seconds(30)))
        }
        #expect(error == asksLong && attempts.frames.count == 1)
    }
}
