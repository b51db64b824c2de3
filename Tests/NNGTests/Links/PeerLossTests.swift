import Foundation
import NNG
import TestSupport
import Testing

@Suite("peers that die", .serialized, .timeLimit(.minutes(10)))
struct PeerLossTests {
    /// From the moment the server listens again.
    private static let bound = Duration.seconds(5)

    @Test(
        "a call whose server is killed ends with an unknown outcome, long before its timeout", arguments: Transport.open
    )
    func killedMidCall(over transport: Transport) async throws {
        try await withFolder { folder in
            let server = try await ServerProcess(transport.endpoint(in: folder))
            let client = try RequestSocket(dialing: server.endpoint)
            _ = try await client.call(Message(copying: [1]), timeout: .seconds(20)).count
            let (endings, ended) = AsyncStream<NNGError?>.makeStream()
            for _ in 0..<50 {
                try client.openContext().call(Message(copying: [0]), timeout: .seconds(3_600)) {
                    ended.yield(errorOf($0))
                }
            }
            // Requests leave in order: when this one is answered, those before it are with the server.
            _ = try await client.call(Message(copying: [1]), timeout: .seconds(20)).count
            await server.killAndWait()
            let errors = await endings.prefix(50).reduce(into: [NNGError?]()) { $0.append($1) }
            #expect(errors.allSatisfy { $0?.code == .connectionReset && $0?.isSurelyUnsent == false })
            await client.close()
        }
    }

    @Test("a client is served again within the bound, however often its server is killed", arguments: Transport.open)
    func killedAgainAndAgain(over transport: Transport) async throws {
        try await withFolder { folder in
            var server = try await ServerProcess(transport.endpoint(in: folder))
            let client = try RequestSocket(dialing: server.endpoint)
            let traffic = Task { await Self.callWithoutEnd(client) }
            for round in 1...TestTier.rounds(long: 100) {
                try await eventually("an answer before round \(round)", within: Self.bound) {
                    try await client.call(Message(copying: [1]), timeout: .milliseconds(500)).count == 1
                }
                await server.killAndWait()
                server = try await ServerProcess(server.endpoint)
                try await eventually("an answer in round \(round)", within: Self.bound) {
                    try await client.call(Message(copying: [1]), timeout: .milliseconds(500)).count == 1
                }
            }
            traffic.cancel()
            #expect(await traffic.value == 0)
            TestTier.report(
                "links over \(transport): \(TestTier.rounds(long: 100)) kills of the server, healed within \(Self.bound) each"
            )
            await client.close()
            await server.killAndWait()
        }
    }

    /// Keeps calls in flight, so that kills meet them; counts wrong replies.
    private static func callWithoutEnd(_ client: RequestSocket) async -> Int {
        await withTaskGroup(of: Int.self) { group in
            for number in 1...8 {
                group.addTask {
                    var wrong = 0
                    while !Task.isCancelled {
                        let request = [UInt8(number), UInt8.random(in: 0...255)]
                        guard let reply = try? await client.call(Message(copying: request), timeout: .seconds(1)) else {
                            await Task.yield()
                            continue
                        }
                        if reply.copyBytes() != request { wrong += 1 }
                    }
                    return wrong
                }
            }
            return await group.reduce(0, +)
        }
    }

    @Test("a frozen server is left, and found again when it goes on")
    func frozen() async throws {
        try await withFolder { folder in
            let server = try await ServerProcess(Transport.ipc.endpoint(in: folder))
            let client = try RequestSocket(dialing: server.endpoint)
            _ = try await client.call(Message(copying: [1]), timeout: .seconds(20)).count
            try await server.freeze()
            let error = await failure { try await client.call(Message(copying: [1]), timeout: .seconds(3_600)).count }
            #expect(error?.code == .connectionReset)
            server.send(SIGCONT)
            try await eventually("an answer after the freeze", within: Self.bound) {
                try await client.call(Message(copying: [1]), timeout: .milliseconds(500)).count == 1
            }
            await client.close()
            await server.killAndWait()
        }
    }
}
