import Postgres
import Synchronization
import TestSupport
import Testing

@Suite struct TransactionTests {
    @Test("BEGIN, its settings and the first statement share a round trip and a transaction")
    func settings() async throws {
        try await withPool { pool in
            let options = TransactionOptions(
                isolation: .repeatableRead, isReadOnly: true, officePath: "/head/east-1/", deadline: .now + .seconds(9))
            let row = try await pool.transaction(options) { connection in
                try await connection.query(
                    """
                    SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only'),
                        current_setting('zhike.office_path'), current_setting('statement_timeout')
                    """)[0]
            }
            let (isolation, readOnly, path, timeout) = try row.decode((String, String, String, String).self)
            #expect(isolation == "repeatable read")
            #expect(readOnly == "on")
            #expect(path == "/head/east-1/")
            #expect(timeout.hasSuffix("ms"))
        }
    }

    @Test("a setting of one transaction is gone in the next")
    func settingsEnd() async throws {
        try await withPool(size: 1) { pool async throws in
            let read: @Sendable (PostgresConnection) async throws -> String? = { connection in
                try await connection.query("SELECT nullif(current_setting('zhike.office_path', true), '')")[0].decode(0)
            }
            #expect(try await pool.transaction(TransactionOptions(officePath: "/a/"), read) == "/a/")
            #expect(try await pool.transaction(TransactionOptions(), read) == nil)
            #expect(try await pool.withConnection(read) == nil)
        }
    }

    @Test(
        "an office path that is none is refused before it reaches the server",
        arguments: ["", "head/", "/head", "/Head/", "/a'/", "/a//b/", "/a/;SET x=1/", "/知/", "/a b/"])
    func officePaths(_ path: String) async throws {
        try await withPool { pool in
            let error = await postgresError {
                try await pool.transaction(TransactionOptions(officePath: path)) { _ = try await $0.query("SELECT 1") }
            }
            #expect(error?.code == .invalidUse)
        }
    }

    @Test("the deadline of an earlier statement is not the next transaction's")
    func deadlineOfBefore() async throws {
        try await withPool(size: 1) { pool in
            _ = try await pool.query("SELECT 1", deadline: .now + .seconds(3))
            let timeout = try await pool.transaction { connection in
                try await connection.query("SELECT current_setting('statement_timeout')")[0].decode(String.self)
            }
            #expect(timeout == "30s")
        }
    }

    @Test("a statement that fails leaves no time limit of the one before it behind")
    func deadlineBeforeAFailure() async throws {
        try await withPool(size: 1) { pool in
            _ = try await pool.query("SELECT 1", deadline: .now + .seconds(3))
            let error = await postgresError { _ = try await pool.query("SELECT 1 / 0") }
            #expect(error?.sqlState == "22012")
            let timeout = try await pool.transaction { connection in
                try await connection.query("SELECT current_setting('statement_timeout')")[0].decode(String.self)
            }
            #expect(timeout == "30s")
            #expect(try await pool.query("SHOW statement_timeout")[0].decode(String.self) == "30s")
        }
    }

    @Test("a deadline that is named holds also where it is later than the usual limit")
    func longDeadline() async throws {
        try await withPool(size: 1) { pool in
            let milliseconds: SQL = "SELECT setting::bigint FROM pg_settings WHERE name = 'statement_timeout'"
            let deadline = ContinuousClock.now + .seconds(90)
            let alone = try await pool.query(milliseconds, deadline: deadline)[0].decode(Int64.self)
            let inside = try await pool.transaction(TransactionOptions(deadline: deadline)) { connection in
                try await connection.query(milliseconds)[0].decode(Int64.self)
            }
            #expect(alone > 30_000 && alone <= 90_000)
            #expect(inside > 30_000 && inside <= 90_000)
        }
    }

    @Test("leftovers of the session take no snapshot away from a transaction that wants its own")
    func isolationAfterEviction() async throws {
        try await withPool(size: 1, statementLimit: 2) { pool in
            for number in 0..<5 {
                _ = try await pool.query(SQL(unsafeSQL: "SELECT \(number)"))
                let level = try await pool.transaction(TransactionOptions(isolation: .repeatableRead)) { connection in
                    try await connection.query(
                        SQL(unsafeSQL: "SELECT current_setting('transaction_isolation'), \(number)"))
                }[0].decode(0, as: String.self)
                #expect(level == "repeatable read")
            }
        }
    }

    @Test("an error of the caller rolls back and comes out as it is")
    func rollback() async throws {
        struct Refused: Error {}
        try await withPool(size: 1) { pool in
            try await pool.execute("CREATE TABLE kept (a int PRIMARY KEY)")
            await #expect(throws: Refused.self) {
                try await pool.transaction { connection in
                    try await connection.execute("INSERT INTO kept VALUES (1)")
                    throw Refused()
                }
            }
            #expect(try await pool.query("SELECT FROM kept").isEmpty)
            try await pool.transaction { _ in }
            await #expect(throws: Refused.self) { try await pool.transaction { _ in throw Refused() } }
            try await pool.transaction { _ = try await $0.execute("INSERT INTO kept VALUES (2)") }
            #expect(try await pool.query("SELECT FROM kept").count == 1)
            #expect(pool.occupancy == (1, 1, 0))
        }
    }

    @Test("a COMMIT after a swallowed error is an error")
    func swallowedError() async throws {
        try await withPool { pool in
            try await pool.execute("CREATE TABLE kept (a int PRIMARY KEY)")
            let error = await postgresError {
                try await pool.transaction { connection in
                    try await connection.execute("INSERT INTO kept VALUES (1)")
                    _ = try? await connection.execute("INSERT INTO kept VALUES (1)")
                }
            }
            #expect(error?.code == .rolledBack)
        }
    }

    @Test("errors tell what the server refused, and no value")
    func refusals() async throws {
        try await withPool { pool in
            try await pool.execute(
                "CREATE TABLE kept (phone text CONSTRAINT one_phone PRIMARY KEY, CHECK (phone <> ''))")
            try await pool.execute("INSERT INTO kept VALUES ('13800000000')")
            let double = await postgresError {
                try await pool.execute("INSERT INTO kept VALUES (\("13800000000"))")
            }
            #expect(double?.isUniqueViolation == true)
            #expect(double?.constraint == "one_phone")
            #expect(double?.description == "Postgres server 23505 (one_phone)")
            let check = await postgresError { try await pool.execute("INSERT INTO kept VALUES ('')") }
            #expect(check?.isCheckViolation == true)
            let syntax = await postgresError { _ = try await pool.query("SELECT \("13800000000")::text::int8x") }
            #expect(syntax?.sqlState == "42704")
            let cast = await postgresError { _ = try await pool.query("SELECT \("13800canary")::text::bigint") }
            #expect(cast?.sqlState == "22P02")
            #expect("\(cast as Any)".contains("canary") == false || cast?.serverMessage.contains("canary") == true)
            #expect(cast?.description.contains("canary") == false)
        }
    }

    @Test("a transaction that another one got in the way of is repeated as a whole")
    func serializationFailure() async throws {
        try await withPool { pool in
            try await pool.execute("CREATE TABLE counter (id int PRIMARY KEY, value bigint)")
            try await pool.execute("INSERT INTO counter VALUES (1, 0)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        for _ in 0..<10 {
                            let options = TransactionOptions(isolation: .serializable, maximumAttempts: 200)
                            try await pool.transaction(options) { connection in
                                let value = try await connection.query("SELECT value FROM counter")[0]
                                    .decode(0, as: Int64.self)
                                try await connection.execute("UPDATE counter SET value = \(value + 1)")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await pool.query("SELECT value FROM counter")[0].decode(0, as: Int64.self) == 60)
        }
    }

    @Test("a conflict is repeated also where the caller made another error of it")
    func hiddenConflict() async throws {
        struct Disguise: Error {}
        try await withPool { pool in
            try await pool.execute("CREATE TABLE counter (id int PRIMARY KEY, value bigint)")
            try await pool.execute("INSERT INTO counter VALUES (1, 0)")
            let attempts = Mutex(0)
            try await pool.transaction(TransactionOptions(isolation: .repeatableRead)) { connection in
                _ = try await connection.query("SELECT value FROM counter")
                if attempts.withLock({
                    $0 += 1
                    return $0
                }) == 1 {
                    try await pool.execute("UPDATE counter SET value = value + 1")
                }
                do {
                    try await connection.execute("UPDATE counter SET value = value + 10")
                } catch {
                    throw Disguise()
                }
            }
            #expect(attempts.withLock { $0 } == 2)
            #expect(try await pool.query("SELECT value FROM counter")[0].decode(0, as: Int64.self) == 11)
        }
    }

    @Test("a deadlock ends with both transactions done")
    func deadlock() async throws {
        try await withPool { pool in
            try await pool.execute("CREATE TABLE counter (id int PRIMARY KEY, value bigint)")
            try await pool.execute("INSERT INTO counter VALUES (1, 0), (2, 0)")
            let first = Meeting(of: 2)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for order in [[1, 2], [2, 1]] {
                    group.addTask {
                        try await pool.transaction { connection in
                            try await connection.execute("UPDATE counter SET value = value + 1 WHERE id = \(order[0])")
                            await first.arrive()
                            try await connection.execute("UPDATE counter SET value = value + 1 WHERE id = \(order[1])")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await pool.query("SELECT FROM counter WHERE value = 2").count == 2)
        }
    }

    @Test("a connection lost during COMMIT says that the outcome is unknown, and nothing is repeated")
    func commitUnknown() async throws {
        try await withPool { pool in
            try await pool.execute("CREATE TABLE kept (a int)")
            try await pool.execute(
                """
                CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$
                """)
            try await pool.execute(
                """
                CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON kept DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION wait_at_commit()
                """)
            let attempts = Mutex(0)
            let committing = Task {
                try await pool.transaction { connection in
                    attempts.withLock { $0 += 1 }
                    try await connection.execute("INSERT INTO kept VALUES (1)")
                }
            }
            try await eventually("COMMIT runs") {
                try await pool.query(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND query = 'COMMIT' AND state = 'active'
                    """
                ).isEmpty == false
            }
            let error = await postgresError { try await committing.value }
            #expect(error?.isCommitUnknown == true)
            #expect(attempts.withLock { $0 } == 1)
        }
    }

    @Test("a connection lost before COMMIT is repeated on another")
    func lostBeforeCommit() async throws {
        try await withPool { pool in
            try await pool.execute("CREATE TABLE kept (a int)")
            let attempts = Mutex(0)
            try await pool.transaction { connection in
                try await connection.execute("INSERT INTO kept VALUES (1)")
                guard
                    attempts.withLock({
                        $0 += 1
                        return $0
                    }) == 1
                else { return }
                let process = await connection.backendProcessID
                try await pool.execute("SELECT pg_terminate_backend(\(process))")
                try await connection.execute("INSERT INTO kept VALUES (2)")
            }
            #expect(attempts.withLock { $0 } == 2)
            #expect(try await pool.query("SELECT FROM kept").count == 1)
        }
    }
}

/// Lets a number of tasks go on together, the first time; later callers pass.
actor Meeting {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(of count: Int) {
        missing = count
    }

    func arrive() async {
        missing -= 1
        guard missing > 0 else {
            for one in waiting { one.resume() }
            waiting = []
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }
}
