import NNG
import TestSupport
import Testing

/// Apart from the tests of listeners because NNG 1.5.2 may leak a listener that closes while it refuses a connection.
@Suite("the limit of connections", .timeLimit(.minutes(2)))
struct ConnectionLimitTests {
    @Test("connections above the limit are closed, those below go on, and the watchdog replaces nothing")
    func connectionLimit() async throws {
        var configuration = ReplySocket.Configuration()
        configuration.limits.connectionLimit = 2
        configuration.watch.probeInterval = .milliseconds(20)
        configuration.watch.giveUp = { error in Issue.record(error) }
        let server = try TestServer(Endpoint(parsing: "tcp://127.0.0.1:0"), configuration: configuration)
        let clients = try (0..<2).map { _ in try RequestSocket(dialing: server.listener.endpoint) }
        for client in clients {
            // A probe can be there first; it goes again at once.
            try await eventually("a connection") {
                try await client.call(Message(copying: [1]), timeout: .seconds(20)).count == 1
            }
        }
        let third = try RequestSocket(dialing: server.listener.endpoint)
        let error = await failure { try await third.call(Message(copying: [1]), timeout: .milliseconds(500)).count }
        #expect(error != nil)
        try await eventually("refusals of probes, too") { server.socket.refusalCount > 20 }
        for client in clients { _ = try await client.call(Message(copying: [1]), timeout: .seconds(20)).count }
        #expect(server.listener.replacementCount == 0)
        for client in clients + [third] { await client.close() }
        await server.close()
    }
}
