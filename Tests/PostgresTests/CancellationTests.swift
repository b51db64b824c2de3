import Foundation
import TestSupport
import Testing

@testable import Postgres

@Suite struct CancellationTests {
    /// Waits until a statement that mentions `mark` runs.
    private func running(_ mark: String, in pool: PostgresPool) async throws {
        try await eventually("the statement runs") {
            try await pool.query(
                """
                SELECT FROM pg_stat_activity
                WHERE state = 'active' AND query LIKE '%' || \(mark) || '%' AND pid <> pg_backend_pid()
                """
            ).isEmpty == false
        }
    }

    @Test("a cancelled task stops its statement on the server, and the connection serves on")
    func cancel() async throws {
        try await withPool(size: 2) { pool in
            let sleeping = Task {
                try await pool.query("SELECT pg_backend_pid() AS cancelled, pg_sleep(60)")
            }
            try await running("cancelled", in: pool)
            sleeping.cancel()
            await #expect(throws: CancellationError.self) { try await sleeping.value }
            #expect(pool.occupancy.connections == 2)
            for _ in 0..<20 { #expect(try await pool.query("SELECT 1").count == 1) }
        }
    }

    @Test("a cancelled task rolls its transaction back")
    func cancelledTransaction() async throws {
        try await withPool { pool in
            try await pool.execute("CREATE TABLE kept (a int)")
            let writing = Task {
                try await pool.transaction { connection in
                    try await connection.execute("INSERT INTO kept VALUES (1)")
                    try await connection.execute("SELECT pg_sleep(60) AS half_done")
                }
            }
            try await running("half_done", in: pool)
            writing.cancel()
            await #expect(throws: CancellationError.self) { try await writing.value }
            #expect(try await pool.query("SELECT FROM kept").isEmpty)
            try await eventually { pool.occupancy.idle == pool.occupancy.connections }
        }
    }

    @Test("a cancel never hits the statement after the one it was meant for")
    func lateCancel() async throws {
        var generator = SeededGenerator("late cancel")
        try await withPool(size: 1) { pool async throws in
            for _ in 0..<300 {
                let task = Task { try await pool.query("SELECT generate_series(1, 300)") }
                let spins = Int.random(in: 0..<2000, using: &generator)
                for _ in 0..<spins where spins % 3 > 0 { await Task.yield() }
                task.cancel()
                _ = try? await task.value
                // Whatever became of the first, this one must succeed.
                #expect(try await pool.query("SELECT 1").count == 1)
            }
            #expect(pool.occupancy.connections == 1)
        }
    }

    @Test("a cancel that comes before the server began with the statement is repeated")
    func earlyCancel() async throws {
        try await withPool(size: 1) { pool in
            // Inside a transaction, whose `statement_timeout` is not the statement's: a cancel is all there is.
            try await pool.transaction { connection in
                let server = try await connection.query("SELECT pg_backend_pid()")[0].decode(0, as: Int32.self)
                try await connection.execute("SAVEPOINT before")
                kill(server, SIGSTOP)
                defer { kill(server, SIGCONT) }
                async let stopped = postgresError {
                    _ = try await connection.query("SELECT pg_sleep(60)", deadline: .now + .milliseconds(20))
                }
                try await eventually("the server was asked to stop") { await connection.cancelHasArrived }
                // It meets the cancel first, while it has nothing to stop, and then the statement.
                kill(server, SIGCONT)
                let error = await stopped
                #expect(error?.code == .deadlineExceeded && error?.sqlState == "57014")
                try await connection.execute("ROLLBACK TO before")
            }
            #expect(pool.occupancy.connections == 1)
        }
    }

    @Test("the server stops working for a connection that is gone, and what it held is free")
    func abandoned() async throws {
        try await withPool(size: 2) { pool in
            try await pool.execute("CREATE TABLE held (a int)")
            let working = Task {
                try await pool.withConnection { connection in
                    try await connection.transaction { connection in
                        try await connection.execute("LOCK TABLE held")
                        async let sleeping = connection.query("SELECT pg_sleep(60) AS abandoned")
                        try await running("abandoned", in: pool)
                        await connection.close()
                        return try await sleeping.count
                    }
                }
            }
            let error = await postgresError { _ = try await working.value }
            #expect(error?.isConnectionLost == true)
            try await eventually("the table is free") {
                try await pool.query(
                    "SELECT FROM pg_locks WHERE relation = 'held'::regclass AND mode = 'AccessExclusiveLock'"
                ).isEmpty
            }
        }
    }

    @Test("the server stops a statement at the deadline")
    func deadline() async throws {
        try await withPool(size: 1) { pool in
            // Connected, so that the deadline is the statement's alone.
            #expect(try await pool.query("SELECT 1").count == 1)
            for _ in 0..<2 {
                let error = await postgresError {
                    _ = try await pool.query("SELECT pg_sleep(60)", deadline: .now + .milliseconds(100))
                }
                #expect(error?.code == .deadlineExceeded)
                #expect(error?.isTimeout == true)
            }
            // The next caller has its own time again.
            let timeout = try await pool.query("SHOW statement_timeout")[0].decode(0, as: String.self)
            #expect(timeout == "30s")
        }
    }

    @Test("a lease's deadline holds for all of its statements together")
    func leaseDeadline() async throws {
        try await withPool(size: 1) { pool async throws in
            let error = await postgresError {
                try await pool.withConnection(deadline: .now + .milliseconds(300)) { connection in
                    for _ in 0..<100 { _ = try await connection.query("SELECT pg_sleep(0.05)") }
                }
            }
            #expect(error?.code == .deadlineExceeded)
            #expect(try await pool.query("SHOW statement_timeout")[0].decode(0, as: String.self) == "30s")
        }
    }

    @Test("after its deadline a transaction changes nothing, even if every statement was quick")
    func transactionDeadline() async throws {
        try await withPool { pool in
            try await pool.execute("CREATE TABLE kept (a int)")
            let deadline = ContinuousClock.now + .milliseconds(200)
            let error = await postgresError {
                try await pool.transaction(TransactionOptions(deadline: deadline)) { connection in
                    try await connection.execute("INSERT INTO kept VALUES (1)")
                    let granted = try await connection.query("SHOW statement_timeout")[0].decode(0, as: String.self)
                    #expect(granted.hasSuffix("ms"))
                    try await eventually("the deadline passes") { ContinuousClock.now > deadline }
                }
            }
            #expect(error?.code == .deadlineExceeded)
            #expect(try await pool.query("SELECT FROM kept").isEmpty)
        }
    }

    @Test("what has expired already is not sent")
    func expired() async throws {
        try await withPool { pool in
            try await pool.execute("CREATE TABLE kept (a int)")
            let past = ContinuousClock.now - .milliseconds(1)
            let error = await postgresError { try await pool.execute("INSERT INTO kept VALUES (1)", deadline: past) }
            #expect(error?.code == .deadlineExceeded || error?.code == .acquireTimedOut)
            #expect(try await pool.query("SELECT FROM kept").isEmpty)
        }
    }
}

extension PostgresConnection {
    /// Whether a cancel of what runs has reached the server.
    fileprivate var cancelHasArrived: Bool { channel.interruption != nil && channel.cancelsInFlight == 0 }
}
