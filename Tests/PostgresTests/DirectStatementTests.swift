import Postgres
import TestSupport
import Testing

/// A statement that its connection has prepared already is sent, and its answer taken, by the loop alone, until
/// something else comes up.
@Suite struct DirectStatementTests {
    private static func nap(_ seconds: Double) -> SQL { "SELECT 7 AS nap, pg_sleep(\(seconds))" }

    /// Lends a connection that has the nap prepared, to a task of one of the pool's loops or to one of none.
    private func withPrepared(
        onLoop: Bool,
        _ body: @escaping @Sendable (PostgresConnection, PostgresPool, (any TaskExecutor)?) async throws -> Void
    ) async throws {
        try await withPool(size: 4) { pool in
            let executor: (any TaskExecutor)? = onLoop ? pool.executor : nil
            try await Task(executorPreference: executor) {
                try await pool.withConnection { connection in
                    _ = try await connection.query(Self.nap(0))
                    try await body(connection, pool, executor)
                }
            }.value
        }
    }

    /// Waits until the server naps.
    private static func isNapping(_ pool: PostgresPool) async throws {
        try await eventually("the statement runs") {
            try await pool.query(
                "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
            ).count == 1
        }
    }

    @Test("an answer that is long in coming is waited for", .timeLimit(.minutes(1)), arguments: [true, false])
    func longAnswer(onLoop: Bool) async throws {
        try await withPrepared(onLoop: onLoop) { connection, _, _ in
            for seconds in [0.05, 0, 0.02] {
                let rows = try await connection.query(Self.nap(seconds))
                #expect(try rows[0].decode(0, as: Int32.self) == 7)
            }
        }
    }

    @Test("it ends with its task", .timeLimit(.minutes(1)), arguments: [true, false])
    func cancelled(onLoop: Bool) async throws {
        try await withPrepared(onLoop: onLoop) { connection, pool, executor in
            let asking = Task(executorPreference: executor) { try await connection.query(Self.nap(600)) }
            try await Self.isNapping(pool)
            asking.cancel()
            await #expect(throws: CancellationError.self) { try await asking.value }
            #expect(try await connection.query(Self.nap(0)).count == 1)
        }
    }

    @Test("a task that was cancelled before sends nothing", .timeLimit(.minutes(1)), arguments: [true, false])
    func cancelledBefore(onLoop: Bool) async throws {
        try await withPrepared(onLoop: onLoop) { connection, pool, executor in
            _ = try await pool.execute("CREATE SEQUENCE asked")
            _ = try await connection.query("SELECT nextval('asked')")
            let asking = Task(executorPreference: executor) {
                while !Task.isCancelled { await Task.yield() }
                return try await connection.query("SELECT nextval('asked')")
            }
            asking.cancel()
            await #expect(throws: CancellationError.self) { try await asking.value }
            #expect(try await connection.query("SELECT nextval('asked')")[0].decode(0, as: Int64.self) == 2)
        }
    }

    @Test("what the server refuses is told, and the connection serves on", arguments: [true, false])
    func refused(onLoop: Bool) async throws {
        try await withPrepared(onLoop: onLoop) { connection, _, _ in
            for divisor in Int32(0)..<4 {
                let error = await postgresError { _ = try await connection.query("SELECT 6 / \(divisor % 2)") }
                #expect(error?.sqlState == (divisor % 2 == 0 ? "22012" : nil))
            }
        }
    }

    @Test("one that waits is told of the loss of its connection", .timeLimit(.minutes(1)), arguments: [true, false])
    func lost(onLoop: Bool) async throws {
        try await withPrepared(onLoop: onLoop) { connection, pool, executor in
            let asking = Task(executorPreference: executor) { try await connection.query(Self.nap(600)) }
            try await Self.isNapping(pool)
            try await pool.execute("SELECT pg_terminate_backend(\(await connection.backendProcessID))")
            let error = await postgresError { _ = try await asking.value }
            #expect(error?.isConnectionLost == true)
            let next = await postgresError { _ = try await connection.query(Self.nap(0)) }
            #expect(next?.isConnectionLost == true)
        }
    }

    @Test("closing the connection ends one that waits", .timeLimit(.minutes(1)))
    func closed() async throws {
        try await withPrepared(onLoop: true) { connection, _, executor in
            let asking = Task(executorPreference: executor) { try await connection.query(Self.nap(600)) }
            // On one thread: it is sent when this task goes on. Closed before the loop leaves the statement to its task, it
            // ends without an answer from the server.
            await Task.yield()
            await connection.close()
            let error = await postgresError { _ = try await asking.value }
            #expect(error?.isConnectionLost == true)
        }
    }

    @Test("one that is not sent leaves no time limit of its own behind", .timeLimit(.minutes(1)))
    func notSent() async throws {
        try await withPrepared(onLoop: true) { connection, pool, executor async throws in
            let limit: SQL = "SELECT current_setting('statement_timeout')"
            let usual = try await pool.query(limit)[0].decode(0, as: String.self)
            // On one thread: it is cancelled after it could not be sent at once and before it is sent with its limit.
            let asking = Task(executorPreference: executor) {
                try await connection.query(Self.nap(0), deadline: .now + .seconds(50))
            }
            await Task.yield()
            asking.cancel()
            await #expect(throws: CancellationError.self) { try await asking.value }
            let limits = try await connection.transaction(TransactionOptions(isolation: .repeatableRead)) {
                connection in
                let first = try await connection.query(limit)[0].decode(0, as: String.self)
                let second = try await connection.query(limit)[0].decode(0, as: String.self)
                return [first, second]
            }
            #expect(limits == [usual, usual])
        }
    }

    @Test("a connection that was closed sends nothing any more", .timeLimit(.minutes(1)))
    func closedBefore() async throws {
        try await withPool { pool in
            try await pool.execute("CREATE SEQUENCE asked")
            let process = try await askWhenClosed(pool.configuration)
            // What was sent all the same is executed before the server's process ends.
            try await eventually("the session is over") {
                try await pool.query("SELECT FROM pg_stat_activity WHERE pid = \(process)").isEmpty
            }
            #expect(try await pool.query("SELECT nextval('asked')")[0].decode(0, as: Int64.self) == 2)
        }
    }

    private func askWhenClosed(_ configuration: PostgresConfiguration) async throws -> Int32 {
        let connection = try await PostgresConnection.connect(configuration)
        let process = await connection.backendProcessID
        #expect(try await connection.query("SELECT nextval('asked')")[0].decode(0, as: Int64.self) == 1)
        await connection.close()
        for sql in ["SELECT nextval('asked')", SQL("SELECT nextval('asked')").unprepared] as [SQL] {
            let error = await postgresError { _ = try await connection.query(sql) }
            #expect(error?.isConnectionLost == true)
        }
        return process
    }

    @Test("it keeps the deadline of its transaction", .timeLimit(.minutes(1)), arguments: [true, false])
    func deadline(onLoop: Bool) async throws {
        try await withPrepared(onLoop: onLoop) { connection, _, _ async throws in
            let error = await postgresError {
                var options = TransactionOptions()
                options.deadline = .now + .milliseconds(200)
                try await connection.transaction(options) { connection in
                    // Begins the transaction, so that nothing travels in front of the next.
                    _ = try await connection.query(Self.nap(0))
                    _ = try await connection.query(Self.nap(600))
                }
            }
            #expect(error?.code == .deadlineExceeded)
            #expect(try await connection.query(Self.nap(0)).count == 1)
        }
    }

    @Test("a COPY is refused, whoever waits for the answer", arguments: [true, false])
    func copy(onLoop: Bool) async throws {
        try await withPrepared(onLoop: onLoop) { connection, _, _ in
            let error = await postgresError {
                _ = try await connection.query(SQL("COPY (SELECT 1) TO STDOUT").unprepared)
            }
            #expect(error?.code == .invalidUse)
        }
    }

    @Test(
        "more parameters than the protocol counts are refused, and not taken for a lost connection",
        arguments: [true, false])
    func parameters(onLoop: Bool) async throws {
        try await withPrepared(onLoop: onLoop) { connection, _, _ in
            func sum(_ count: Int) -> SQL {
                "SELECT 1 WHERE 1 IN (\(SQL.joined((0..<count).map { number -> SQL in "\(number)" }, separator: ", ")))"
            }
            let error = await postgresError { _ = try await connection.query(sum(65_536).unprepared) }
            #expect(error?.code == .invalidUse)
            let batch = await postgresError { _ = try await connection.pipeline([sum(65_536)]) }
            #expect(batch?.code == .invalidUse)
            #expect(await postgresError { _ = try await connection.query("SELECT 1") } == nil)
        }
    }

    @Test("a connection that begins a transaction by itself is not lent again", arguments: [true, false])
    func ownTransaction(onLoop: Bool) async throws {
        try await withPool(size: 1) { pool in
            try await Task(executorPreference: onLoop ? pool.executor : nil) {
                let process: SQL = "SELECT pg_backend_pid()"
                let before = try await pool.query(process)[0].decode(0, as: Int32.self)
                #expect(try await pool.query(process)[0].decode(0, as: Int32.self) == before)
                try await pool.execute(SQL("BEGIN").unprepared)
                #expect(try await pool.query(process)[0].decode(0, as: Int32.self) != before)
            }.value
        }
    }
}
