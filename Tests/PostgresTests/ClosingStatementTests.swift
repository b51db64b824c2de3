import Postgres
import Synchronization
import TestSupport
import Testing

/// Statements that travel with COMMIT.
@Suite struct ClosingStatementTests {
    @Test("they run behind all others, in their order, and not before COMMIT")
    func order() async throws {
        try await withPool(size: 1) { pool in
            try await pool.execute("CREATE TABLE kept (place serial, name text)")
            let seen = try await pool.transaction { connection in
                try await connection.executeAtCommit(["INSERT INTO kept (name) VALUES (\("second"))"])
                try await connection.executeAtCommit(["INSERT INTO kept (name) VALUES (\("third"))"])
                try await connection.execute("INSERT INTO kept (name) VALUES ('first')")
                return try await connection.query("SELECT FROM kept").count
            }
            #expect(seen == 1)
            let names = try await pool.query("SELECT name FROM kept ORDER BY place").map { try $0.decode(String.self) }
            #expect(names == ["first", "second", "third"])
        }
    }

    @Test("a transaction may consist of them alone, with its settings")
    func alone() async throws {
        var configuration = try await TestPostgres.database()
        configuration.poolSize = 1
        configuration.sessionSettings["synchronous_commit"] = "on"
        try await withPool(configuration) { pool in
            try await pool.execute("CREATE TABLE kept (commits text)")
            let options = TransactionOptions(waitsForDisk: false)
            for _ in 0..<2 {
                try await pool.transaction(options) { connection in
                    try await connection.executeAtCommit([
                        "INSERT INTO kept VALUES (current_setting('synchronous_commit'))"
                    ])
                }
            }
            try await pool.transaction { connection in
                try await connection.executeAtCommit(["INSERT INTO kept VALUES (current_setting('synchronous_commit'))"]
                )
            }
            let kept = try await pool.query("SELECT commits FROM kept").map { try $0.decode(String.self) }
            #expect(kept == ["off", "off", "on"])
        }
    }

    @Test("one that is refused undoes the transaction, and the connection goes on")
    func refused() async throws {
        try await withPool(size: 1) { pool in
            try await pool.execute("CREATE TABLE kept (number int PRIMARY KEY)")
            for _ in 0..<2 {
                let error = await postgresError {
                    try await pool.transaction { connection in
                        try await connection.execute("INSERT INTO kept VALUES (1)")
                        try await connection.executeAtCommit([
                            "INSERT INTO kept VALUES (2)", "INSERT INTO kept VALUES (2)", "INSERT INTO kept VALUES (3)",
                        ])
                    }
                }
                #expect(error?.isUniqueViolation == true)
                #expect(try await pool.query("SELECT FROM kept").isEmpty)
            }
            try await pool.transaction { try await $0.executeAtCommit(["INSERT INTO kept VALUES (4)"]) }
            #expect(try await pool.query("SELECT FROM kept").count == 1)
            #expect(pool.occupancy == (1, 1, 0))
        }
    }

    @Test("a conflict among them repeats the whole transaction")
    func conflict() async throws {
        try await withPool(size: 1) { pool in
            try await pool.execute("CREATE TABLE kept (number int)")
            try await pool.execute("CREATE SEQUENCE attempts")
            let attempts = Mutex(0)
            try await pool.transaction { connection in
                attempts.withLock { $0 += 1 }
                try await connection.execute("INSERT INTO kept VALUES (1)")
                try await connection.executeAtCommit([
                    """
                    DO $$ BEGIN
                        IF nextval('attempts') < 3 THEN RAISE EXCEPTION USING ERRCODE = '40001'; END IF;
                    END $$
                    """
                ])
            }
            #expect(attempts.withLock { $0 } == 3)
            #expect(try await pool.query("SELECT FROM kept").count == 1)
        }
    }

    @Test("a caller that gives up takes them along")
    func rolledBack() async throws {
        struct Refused: Error {}
        try await withPool(size: 1) { pool in
            try await pool.execute("CREATE TABLE kept (number int)")
            await #expect(throws: Refused.self) {
                try await pool.transaction { connection in
                    try await connection.executeAtCommit(["INSERT INTO kept VALUES (1)"])
                    throw Refused()
                }
            }
            try await pool.transaction { _ = try await $0.execute("INSERT INTO kept VALUES (2)") }
            #expect(try await pool.query("SELECT FROM kept").count == 1)
        }
    }

    @Test("of a connection that is lost among them nobody knows whether it was committed")
    func lost() async throws {
        try await withPool(size: 1) { pool in
            try await pool.execute("CREATE TABLE kept (number int)")
            let error = await postgresError {
                try await pool.transaction { connection in
                    try await connection.executeAtCommit([
                        "INSERT INTO kept VALUES (1)", "SELECT pg_terminate_backend(pg_backend_pid())",
                    ])
                }
            }
            #expect(error?.isCommitUnknown == true)
            #expect(try await pool.query("SELECT FROM kept").isEmpty)
        }
    }

    @Test("outside a transaction there is no COMMIT to travel with")
    func outside() async throws {
        try await withPool(size: 1) { pool in
            let error = await postgresError {
                try await pool.withConnection { try await $0.executeAtCommit(["SELECT 1"]) }
            }
            #expect(error?.code == .invalidUse)
        }
    }

    @Test("after an error that the caller swallowed nothing is done, and the caller is told")
    func afterSwallowedError() async throws {
        try await withPool(size: 1) { pool in
            try await pool.execute("CREATE TABLE kept (number int PRIMARY KEY)")
            let error = await postgresError {
                try await pool.transaction { connection in
                    try await connection.execute("INSERT INTO kept VALUES (1)")
                    _ = try? await connection.execute("INSERT INTO kept VALUES (1)")
                    try await connection.executeAtCommit(["INSERT INTO kept VALUES (2)"])
                }
            }
            #expect(error?.code == .rolledBack)
            #expect(try await pool.query("SELECT FROM kept").isEmpty)
        }
    }

    @Test("they keep the deadline of the transaction")
    func deadline() async throws {
        try await withPool(size: 1) { pool in
            try await pool.execute("CREATE TABLE kept (number int)")
            let error = await postgresError {
                try await pool.transaction(TransactionOptions(deadline: .now + .milliseconds(300))) { connection in
                    try await connection.executeAtCommit([
                        "INSERT INTO kept VALUES (1)", "SELECT pg_sleep(0.2)", "SELECT pg_sleep(0.2)",
                        "SELECT pg_sleep(0.2)",
                    ])
                }
            }
            #expect(error?.code == .deadlineExceeded)
            #expect(try await pool.query("SELECT FROM kept").isEmpty)
        }
    }

    @Test("an unknown outcome is not repeated because the attempt before met a conflict")
    func unknownAfterConflict() async throws {
        try await withPool(size: 1) { pool in
            try await pool.execute("CREATE SEQUENCE attempts")
            let attempts = Mutex(0)
            let error = await postgresError {
                try await pool.transaction { connection in
                    attempts.withLock { $0 += 1 }
                    try await connection.executeAtCommit([
                        """
                        DO $$ BEGIN
                            IF nextval('attempts') = 1 THEN RAISE EXCEPTION USING ERRCODE = '40001'; END IF;
                            PERFORM pg_terminate_backend(pg_backend_pid());
                        END $$
                        """
                    ])
                }
            }
            #expect(error?.isCommitUnknown == true)
            #expect(attempts.withLock { $0 } == 2)
        }
    }
}
