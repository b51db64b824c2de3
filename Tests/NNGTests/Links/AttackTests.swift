import NNG
import TestSupport
import Testing

/// Hostile bytes never stop a service: after each attack a real call is answered within three seconds.
///
/// One after another: at once they would hold more descriptors than the processes of other tests can be started with.
@Suite("attacks", .serialized, .timeLimit(.minutes(10)), .tags(.alone))
struct AttackTests {
    private static let bound = Duration.seconds(3)

    @Test(
        "after rude peers a new client is served within the bound", arguments: RudePeer.passing, Transport.open)
    func attack(by peer: RudePeer, over transport: Transport) async throws {
        try await withFolder { folder in
            let server = try TestServer(transport.endpoint(in: folder))
            let count = TestTier.rounds(short: 100, long: 1_000)
            try await peer.attack(server.listener.endpoint, count: count)

            let client = try RequestSocket(dialing: server.listener.endpoint)
            try await eventually("a call after the attack", within: Self.bound) {
                try await client.call(Message(copying: [1]), timeout: .milliseconds(500)).count == 1
            }
            TestTier.report("attacks: \(count) of \(peer) over \(transport), a real call within \(Self.bound) after")
            await client.close()
            await server.close()
        }
    }

    @Test("the attack that stops NNG's listener does stop it, and the watchdog sees it")
    func watchdogIsNeeded() async throws {
        let server = try TestServer(Endpoint(parsing: "tcp://127.0.0.1:0"), configuration: .unwatched)
        try await eventually("the death of the listener") {
            try await RudePeer.finThenReset.attack(server.listener.endpoint, count: 50)
            let client = try RequestSocket(dialing: server.listener.endpoint)
            let error = await failure {
                try await client.call(Message(copying: [1]), timeout: .milliseconds(500)).count
            }
            await client.close()
            return error != nil
        }
        await server.close()

        let watched = try TestServer(Endpoint(parsing: "tcp://127.0.0.1:0"))
        try await eventually("a new listener") {
            try await RudePeer.finThenReset.attack(watched.listener.endpoint, count: 10)
            return watched.listener.replacementCount > 0
        }
        await watched.close()
    }

    @Test("a listener that died is made anew also beside one that lives")
    func deadBesideLiving() async throws {
        try await withFolder { folder in
            let server = try TestServer(Endpoint(parsing: "tcp://127.0.0.1:0"))
            let other = try server.socket.listen(on: Transport.ipc.endpoint(in: folder))
            try await eventually("a new listener") {
                try await RudePeer.finThenReset.attack(server.listener.endpoint, count: 10)
                return server.listener.replacementCount > 0
            }
            #expect(other.replacementCount == 0)
            await server.close()
        }
    }

    @Test("a client whose server was attacked goes on, and so does a client that was there before")
    func oldClient() async throws {
        let server = try TestServer(Endpoint(parsing: "tcp://127.0.0.1:0"))
        let client = try RequestSocket(dialing: server.listener.endpoint)
        _ = try await client.call(Message(copying: [1]), timeout: .seconds(10)).count
        try await RudePeer.finThenReset.attack(server.listener.endpoint, count: 100)
        try await eventually("a call after the attack", within: Self.bound) {
            try await client.call(Message(copying: [1]), timeout: .milliseconds(500)).count == 1
        }
        await client.close()
        await server.close()
    }
}
