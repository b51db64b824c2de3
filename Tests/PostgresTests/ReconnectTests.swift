import EmbeddedPostgres
import Logging
import Postgres
import TestSupport
import Testing

/// With a server of its own, because it is stopped and killed.
@Suite(.serialized) struct ReconnectTests {
    @Test("a pool serves again after the server was restarted and after it was killed")
    func restart() async throws {
        let server = try await EmbeddedPostgres.start(isDurable: false)
        var configuration = try PostgresConfiguration(parsing: server.connectionURL())
        configuration.acquireTimeout = .seconds(20)
        try await withPool(configuration) { pool in
            for round in 0..<4 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 { group.addTask { _ = try await pool.query("SELECT 1") } }
                    try await group.waitForAll()
                }
                if round % 2 == 0 {
                    try await server.restart()
                } else {
                    try await server.kill9()
                    try await eventually("the dead connections are dropped") { pool.occupancy.idle == 0 }
                    async let answer = pool.query("SELECT 1")
                    try await server.startAgain()
                    #expect(try await answer.count == 1)
                }
            }
            #expect(try await pool.query("SELECT 1").count == 1)
        }
        try await server.stop()
    }

    @Test("a listener hears again after the server was restarted, and is woken because it may have missed something")
    func listener() async throws {
        let server = try await EmbeddedPostgres.start(isDurable: false)
        try await withPool(try PostgresConfiguration(parsing: server.connectionURL())) { pool in
            var wakeUps = pool.wakeUps(on: "bell").makeAsyncIterator()
            #expect(await wakeUps.next() == "")
            try await pool.execute("SELECT pg_notify('bell', 'first')")
            #expect(await wakeUps.next() == "first")
            try await server.restart()
            #expect(await wakeUps.next() == "")
            try await pool.execute("SELECT pg_notify('bell', 'second')")
            #expect(await wakeUps.next() == "second")
        }
        try await server.stop()
    }

    @Test("an absent server is told within the wait that was granted")
    func absent() async throws {
        var configuration = PostgresConfiguration()
        configuration.host = "/nonexistent"
        configuration.user = "nobody"
        configuration.acquireTimeout = .milliseconds(200)
        try await withPool(configuration) { pool in
            let error = await postgresError { _ = try await pool.query("SELECT 1") }
            #expect(error?.code == .connectionRefused)
            #expect(pool.occupancy == (0, 0, 0))
        }
    }
}
