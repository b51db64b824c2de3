import NNG
import Synchronization
import TestSupport
import Testing

@Suite("cancellation", .serialized, .timeLimit(.minutes(10)))
struct CancellationTests {
    private enum Ending: Sendable {
        case answered
        case canceled
        case refused(NNGError)
    }

    @Test(
        "thousands of calls at once, many of them cancelled at random, each end once and rightly",
        arguments: Transport.allCases)
    func storm(over transport: Transport) async throws {
        var random = SeededGenerator("random cancellation")
        let plans = (0..<TestTier.rounds(short: 4_000, long: 40_000)).map { number in
            (number: number, cancelAfterYields: random.next() % 3 == 0 ? Int(random.next() % 40) : nil)
        }
        try await withFolder { folder in
            let server = try TestServer(transport.endpoint(in: folder), contexts: 64, configuration: .unwatched) {
                request in
                if request[0] % 4 == 0 { await Task.yield() }
                return request
            }
            var configuration = RequestSocket.Configuration()
            configuration.callLimit = plans.count
            let client = try RequestSocket(dialing: server.listener.endpoint, configuration: configuration)
            let endings = await withTaskGroup(of: Ending.self) { group in
                for plan in plans {
                    group.addTask { await Self.run(plan.number, plan.cancelAfterYields, client) }
                }
                return await group.reduce(into: (answered: 0, canceled: 0, refused: [NNGError]())) { sum, ending in
                    switch ending {
                    case .answered: sum.answered += 1
                    case .canceled: sum.canceled += 1
                    case .refused(let error): sum.refused.append(error)
                    }
                }
            }
            #expect(endings.refused == [])
            #expect(endings.canceled > 0, "nothing was cancelled in flight: the test shows nothing")
            #expect(endings.answered + endings.canceled == plans.count)
            #expect(endings.answered >= plans.filter { $0.cancelAfterYields == nil }.count)
            let last = try await client.call(Message(copying: [1, 2]), timeout: .seconds(10))
            #expect(last.copyBytes() == [1, 2])
            await client.close()
            await server.close()
        }
    }

    private static func run(_ number: Int, _ cancelAfterYields: Int?, _ client: RequestSocket) async -> Ending {
        let call = Task { () async throws -> Bool in
            let request = (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
            return try await client.call(Message(copying: request), timeout: .seconds(60)).copyBytes() == request
        }
        if let cancelAfterYields {
            for _ in 0..<cancelAfterYields { await Task.yield() }
            call.cancel()
        }
        do {
            if try await !call.value { Issue.record("call \(number) got the reply of another call") }
            return .answered
        } catch let error as NNGError {
            return error.code == .canceled ? .canceled : .refused(error)
        } catch {
            Issue.record(error)
            return .canceled
        }
    }

    @Test("a task cancelled before its call begins sends nothing")
    func cancelledBefore() async throws {
        let received = Atomic<Int>(0)
        let server = try TestServer(Endpoint(parsing: "inproc://cancelled-before"), configuration: .unwatched) {
            request in
            received.add(1, ordering: .relaxed)
            return request
        }
        let client = try RequestSocket(dialing: server.listener.endpoint)
        let task = Task { () async -> NNGError? in
            while !Task.isCancelled { await Task.yield() }
            return await failure { try await client.call(Message(copying: [1]), timeout: .seconds(60)).count }
        }
        task.cancel()
        let error = await task.value
        #expect(error?.code == .canceled)
        #expect(error?.isSurelyUnsent == true)
        #expect(received.load(ordering: .relaxed) == 0)
        await client.close()
        await server.close()
    }

    @Test("waiting for a request can be cancelled, and the context receives again")
    func cancelReceive() async throws {
        let server = try ReplySocket(configuration: .unwatched)
        let listener = try server.listen(on: Endpoint(parsing: "inproc://cancel-receive"))
        let context = try server.openContext()
        for _ in 0..<200 {
            let waiting = Task { await failure { try await context.receive().count } }
            await Task.yield()
            waiting.cancel()
            #expect(await waiting.value?.code == .canceled)
        }
        async let serving: Void = serveOne(context)
        let client = try RequestSocket(dialing: listener.endpoint)
        let reply = try await client.call(Message(copying: [4]), timeout: .seconds(10))
        #expect(reply.copyBytes() == [4])
        try await serving
        await client.close()
        await server.close()
    }

    private func serveOne(_ context: ReplyContext) async throws {
        try await context.reply(try await context.receive())
    }
}
