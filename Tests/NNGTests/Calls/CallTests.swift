import NNG
import TestSupport
import Testing

@Suite("calls", .timeLimit(.minutes(2)))
struct CallTests {
    @Test("a request comes back with its reply", arguments: Transport.allCases)
    func call(over transport: Transport) async throws {
        try await withFolder { folder in
            let server = try TestServer(transport.endpoint(in: folder), configuration: .unwatched) { $0.reversed() }
            let client = try RequestSocket(dialing: server.listener.endpoint)
            for _ in 0..<100 {
                let reply = try await client.call(Message(copying: [1, 2, 3]), timeout: .seconds(10))
                #expect(reply.copyBytes() == [3, 2, 1])
            }
            await client.close()
            await server.close()
        }
    }

    @Test("requests and replies of every size up to the limit pass, a longer one costs its call only")
    func sizes() async throws {
        let server = try TestServer(Endpoint(parsing: "tcp://127.0.0.1:0"), configuration: .unwatched)
        let client = try RequestSocket(dialing: server.listener.endpoint)
        for size in [0, 1, 15, 16, 17, 1_023, 1_024, 65_536, (1 << 20) - 4] {
            let sent = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let reply = try await client.call(Message(copying: sent), timeout: .seconds(10))
            #expect(reply.copyBytes() == sent)
        }
        let refused = await failure {
            try await client.call(Message(byteCount: 1 << 20), timeout: .seconds(60)).count
        }
        #expect(refused?.code == .connectionReset)
        let reply = try await client.call(Message(copying: [7]), timeout: .seconds(10))
        #expect(reply.copyBytes() == [7])
        await client.close()
        await server.close()
    }

    @Test("a call to nobody times out and is known not to have been sent")
    func nobody() async throws {
        let client = try RequestSocket(dialing: Endpoint(parsing: "inproc://nobody-is-here"))
        let error = await failure { try await client.call(Message(copying: [1]), timeout: .milliseconds(50)).count }
        #expect(error?.code == .timedOut)
        #expect(error?.isSurelyUnsent == true)
        await client.close()
    }

    @Test("a call that is not answered times out with an unknown outcome, and its context serves the next call")
    func silence() async throws {
        let server = try TestServer(Endpoint(parsing: "inproc://silence"), configuration: .unwatched) {
            $0 == [0] ? nil : $0
        }
        let client = try RequestSocket(dialing: server.listener.endpoint)
        let context = try client.openContext()
        for _ in 0..<20 {
            let error = await failure {
                try await context.call(Message(copying: [0]), timeout: .milliseconds(20)).count
            }
            #expect(error?.code == .timedOut)
            #expect(error?.isSurelyUnsent == false)
            let reply = try await context.call(Message(copying: [9]), timeout: .seconds(10))
            #expect(reply.copyBytes() == [9])
        }
        await client.close()
        await server.close()
    }

    @Test("a context refuses a second call while one is in flight, a socket refuses calls above its limit")
    func limits() async throws {
        let server = try TestServer(Endpoint(parsing: "inproc://limits"), configuration: .unwatched) { _ in nil }
        var configuration = RequestSocket.Configuration()
        configuration.callLimit = 2
        let client = try RequestSocket(dialing: server.listener.endpoint, configuration: configuration)
        let context = try client.openContext()
        let ended = AsyncStream<NNGError?>.makeStream()
        context.call(Message(copying: [1]), timeout: .seconds(60)) { ended.continuation.yield(errorOf($0)) }
        let second = await failure { try await context.call(Message(copying: [1]), timeout: .seconds(60)).count }
        #expect(second?.code == .invalidState)
        context.cancel()
        for await error in ended.stream {
            #expect(error?.code == .canceled)
            break
        }

        let refusals = await withTaskGroup(of: NNGError?.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    await failure { try await client.call(Message(copying: [1]), timeout: .seconds(60)).count }
                }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            var rest: [NNGError?] = []
            for await error in group { rest.append(error) }
            return (first, rest)
        }
        #expect(refusals.0?.code == .tooManyCalls)
        #expect(refusals.0?.isSurelyUnsent == true)
        #expect(refusals.1.allSatisfy { $0?.code == .canceled })
        await client.close()
        await server.close()
    }

    @Test("closing a socket ends the calls on it, and later ones at once")
    func close() async throws {
        let received = AsyncStream<Void>.makeStream()
        let server = try TestServer(Endpoint(parsing: "inproc://closing"), configuration: .unwatched) { _ in
            received.continuation.yield()
            return nil
        }
        let client = try RequestSocket(dialing: server.listener.endpoint)
        async let error = failure { try await client.call(Message(copying: [1]), timeout: .seconds(60)).count }
        for await _ in received.stream { break }
        await client.close()
        #expect(await error?.code == .closed)
        let later = await failure { try await client.call(Message(copying: [1]), timeout: .seconds(60)).count }
        #expect(later?.code == .closed)
        #expect(later?.isSurelyUnsent == true)
        await client.close()
        await server.close()
    }

    @Test("a socket that is let go without closing frees itself")
    func letGo() async throws {
        let server = try TestServer(Endpoint(parsing: "inproc://let-go"), configuration: .unwatched)
        do {
            let client = try RequestSocket(dialing: server.listener.endpoint)
            #expect(try await client.call(Message(copying: [1]), timeout: .seconds(10)).copyBytes() == [1])
        }
        try await eventually("its connection is gone") { server.socket.connectionCount == 0 }
        await server.close()
    }
}
