import EmbeddedPostgres
import Foundation
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

    @Test("who waits for a silent server waits no longer than he wants to", .timeLimit(.minutes(1)))
    func silent() async throws {
        let server = try await EmbeddedPostgres.start(isDurable: false)
        var configuration = try PostgresConfiguration(parsing: server.connectionURL())
        configuration.connectTimeout = .seconds(3_600)
        configuration.acquireTimeout = .seconds(3_600)
        let processID = try await withPool(configuration) { pool in
            let folder: String = try await pool.query("SELECT current_setting('data_directory')")[0].decode(0)
            let lines = try String(contentsOfFile: "\(folder)/postmaster.pid", encoding: .utf8).split(separator: "\n")
            return try #require(Int32(lines[0]))
        }
        // It takes connections, as the kernel does that for it, and says nothing.
        kill(processID, SIGSTOP)
        try await withPool(configuration) { pool in
            let error = await postgresError {
                _ = try await pool.query("SELECT 1", deadline: .now + .milliseconds(200))
            }
            #expect(error?.code == .connectionRefused)
            let waiting = Task { try await pool.query("SELECT 1") }
            try await eventually("the attempt") { pool.occupancy.connections == 1 }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            #expect(pool.occupancy == (0, 0, 0))
        }
        kill(processID, SIGCONT)
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
