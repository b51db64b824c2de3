import NNG
import Synchronization
import TestSupport
import Testing

@Suite("replies", .timeLimit(.minutes(2)))
struct ReplyTests {
    @Test("requests in service are replied to after the socket stopped to receive, new ones are not taken")
    func drain() async throws {
        let inService = AsyncStream<Void>.makeStream()
        let gate = Gate()
        let server = try TestServer(Endpoint(parsing: "tcp://127.0.0.1:0"), contexts: 200, configuration: .unwatched) {
            request in
            inService.continuation.yield()
            await gate.wait()
            return request
        }
        let client = try RequestSocket(dialing: server.listener.endpoint)
        let calls = Task {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        try await client.call(Message(byteCount: 20_000), timeout: .seconds(60)).count
                    }
                }
                return try await group.reduce(0, +)
            }
        }
        _ = await inService.stream.prefix(100).reduce(0) { sum, _ in sum + 1 }
        server.socket.stopReceiving()
        let refused = await failure { try await client.call(Message(copying: [1]), timeout: .milliseconds(100)).count }
        #expect(refused?.code == .timedOut)
        gate.open()
        #expect(try await calls.value == 100 * 20_000)
        // Every context came to rest by itself.
        await server.serving.value
        await client.close()
        await server.close()
    }

    @Test("a request is never sent twice by itself, though its server was replaced")
    func noResend() async throws {
        let executions = Atomic<Int>(0)
        let count: @Sendable ([UInt8]) -> [UInt8]? = { request in
            if request == [0] { executions.add(1, ordering: .relaxed) }
            return request == [0] ? nil : request
        }
        let first = try TestServer(Endpoint(parsing: "tcp://127.0.0.1:0"), configuration: .unwatched, answer: count)
        let client = try RequestSocket(dialing: first.listener.endpoint)
        let (endings, ended) = AsyncStream<NNGError?>.makeStream()
        try client.openContext().call(Message(copying: [0]), timeout: .seconds(3_600)) { ended.yield(errorOf($0)) }
        _ = try await client.call(Message(copying: [1]), timeout: .seconds(20)).count
        await first.close()
        let second = try TestServer(first.listener.endpoint, configuration: .unwatched, answer: count)
        for await error in endings {
            #expect(error?.code == .connectionReset)
            break
        }
        _ = try await client.call(Message(copying: [1]), timeout: .seconds(20)).count
        #expect(executions.load(ordering: .relaxed) == 1)
        await client.close()
        await second.close()
    }

    @Test("replying by closures serves one request after the other")
    func closures() async throws {
        let server = try ReplySocket(configuration: .unwatched)
        let listener = try server.listen(on: Endpoint(parsing: "inproc://closures"))
        let (endings, ended) = AsyncStream<NNGError?>.makeStream()
        for _ in 0..<4 { Self.serve(try server.openContext(), ended) }
        let client = try RequestSocket(dialing: listener.endpoint)
        for number in 0..<1_000 {
            let sent = [UInt8(truncatingIfNeeded: number), 1]
            let reply = try await client.call(Message(copying: sent), timeout: .seconds(20))
            #expect(reply.copyBytes() == sent)
        }
        await client.close()
        await server.close()
        let errors = await endings.prefix(4).reduce(into: [NNGError?]()) { $0.append($1) }
        #expect(errors.allSatisfy { $0?.code == .closed })
    }

    private static func serve(_ context: ReplyContext, _ ended: AsyncStream<NNGError?>.Continuation) {
        @Sendable func handle(_ request: consuming Result<Message, NNGError>) {
            switch consume request {
            case .success(let message): context.replyThenReceive(message, completion: handle)
            case .failure(let error): ended.yield(error)
            }
        }
        context.receive(completion: handle)
    }

    @Test("probes are answered below the caller, what merely looks like one is the caller's")
    func probes() async throws {
        let seen = Mutex<[[UInt8]]>([])
        let server = try TestServer(Endpoint(parsing: "inproc://probes"), contexts: 1, configuration: .unwatched) {
            request in
            seen.withLock { $0.append(request) }
            return [1]
        }
        let client = try RequestSocket(dialing: server.listener.endpoint)
        let probe = Array("ZHKPROBE12345678".utf8)
        #expect(try await client.call(Message(copying: probe), timeout: .seconds(20)).copyBytes() == probe)
        let others = [probe + [0], Array(probe.dropLast()), Array("ZHKPROBF12345678".utf8)]
        for other in others {
            #expect(try await client.call(Message(copying: other), timeout: .seconds(20)).copyBytes() == [1])
        }
        #expect(seen.withLock { $0 } == others)
        await client.close()
        await server.close()
    }

    @Test("a peer that reads no replies loses its connection, not the contexts of the server")
    func deafPeer() async throws {
        var configuration = ReplySocket.Configuration.unwatched
        configuration.replyTimeout = .milliseconds(100)
        let server = try TestServer(
            Endpoint(parsing: "tcp://127.0.0.1:0"), contexts: 4, configuration: configuration
        ) { _ in [UInt8](repeating: 7, count: 1_000_000) }
        try await RudePeer.deaf.attack(server.listener.endpoint, count: 1)
        let client = try RequestSocket(dialing: server.listener.endpoint)
        #expect(try await client.call(Message(copying: [1]), timeout: .seconds(20)).count == 1_000_000)
        await client.close()
        await server.close()
    }
}

/// Holds tasks back until it is opened.
private final class Gate: Sendable {
    private let key: AsyncStream<Void>.Continuation
    private let door: Task<Void, Never>

    init() {
        let (stream, key) = AsyncStream<Void>.makeStream()
        self.key = key
        door = Task { for await _ in stream {} }
    }

    func wait() async {
        await door.value
    }

    func open() {
        key.finish()
    }
}
