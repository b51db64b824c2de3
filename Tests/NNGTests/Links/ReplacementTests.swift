import Dispatch
import Synchronization
import TestSupport
import Testing

@testable import NNG

@Suite("links that are made anew", .timeLimit(.minutes(10)))
struct ReplacementTests {
    @Test("under load every call ends, whatever the watchdog replaces meanwhile", arguments: [false, true])
    func underLoad(wholeSocket: Bool) async throws {
        let server = try TestServer(Endpoint(parsing: "tcp://127.0.0.1:0"), contexts: 32)
        let link = try RequestLink(dialing: server.listener.endpoint, limits: SocketLimits())
        let load = Load()
        let errors = await withTaskGroup(of: [NNGError].self) { group in
            for number in 0..<32 {
                group.addTask { await load.run(number, link) }
            }
            for _ in 0..<TestTier.rounds(short: 20, long: 500) {
                let before = load.answered.load(ordering: .relaxed)
                try? await eventually("answers") { load.answered.load(ordering: .relaxed) > before + 50 }
                try? await onThread { wholeSocket ? try link.reopen() : try link.redial() }
            }
            load.isOver.store(true, ordering: .relaxed)
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(errors.allSatisfy { $0.code == .connectionReset && !$0.isSurelyUnsent })
        #expect(errors.contains { $0.code == .connectionReset }, "no call was in flight: the test shows nothing")
        try? await onThread { link.closeAndWait() }
        await server.close()
    }

    private final class Load: Sendable {
        let isOver = Atomic<Bool>(false)
        let answered = Atomic<Int>(0)

        func run(_ number: Int, _ link: RequestLink) async -> [NNGError] {
            guard let context = try? RequestContext(link) else { return [NNGError(.invalidState)] }
            var errors: [NNGError] = []
            while !isOver.load(ordering: .relaxed) {
                do throws(NNGError) {
                    let reply = try await context.call(Message(copying: [UInt8(number)]), timeout: .seconds(60))
                    if reply.copyBytes() != [UInt8(number)] { errors.append(NNGError(.invalidState)) }
                    answered.add(1, ordering: .relaxed)
                } catch {
                    errors.append(error)
                }
            }
            return errors
        }
    }

    @Test("a call that waits for a connection moves to the new socket")
    func waitingCall() async throws {
        try await withFolder { folder in
            let endpoint = try Transport.ipc.endpoint(in: folder)
            let link = try RequestLink(dialing: endpoint, limits: SocketLimits())
            let context = try RequestContext(link)
            let (replies, replied) = AsyncStream<[UInt8]?>.makeStream()
            context.call(Message(copying: [5]), timeout: .seconds(60)) { result in
                switch consume result {
                case .success(let reply): replied.yield(reply.copyBytes())
                case .failure: replied.yield(nil)
                }
            }
            try await onThread { try link.reopen() }
            let server = try TestServer(endpoint)
            for await reply in replies {
                #expect(reply == [5])
                break
            }
            try await onThread { link.closeAndWait() }
            await server.close()
        }
    }

    @Test("nothing is left when sockets are let go")
    func nothingIsLeft() async throws {
        weak var request: RequestContext?
        weak var reply: ReplyContext?
        weak var socket: RequestSocket?
        do {
            let server = try TestServer(Endpoint(parsing: "inproc://nothing-is-left"))
            let client = try RequestSocket(dialing: server.listener.endpoint)
            let context = try client.openContext()
            let idle = try ReplySocket()
            let waiting = try idle.openContext()
            waiting.receive { _ in }
            (request, reply, socket) = (context, waiting, client)
            _ = try await context.call(Message(copying: [1]), timeout: .seconds(20)).count
            _ = try await client.call(Message(copying: [1]), timeout: .seconds(20)).count
            await client.close()
            await server.close()
            await idle.close()
        }
        try await eventually("the end of all") { request == nil && reply == nil && socket == nil }
    }
}

/// Blocking work off the cooperative pool.
private func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
            continuation.resume(with: Result { try body() })
        }
    }
}
