import Postgres
import TestSupport
import Testing

@Suite struct PoolTests {
    @Test("no more connections are made than the pool may have, and all callers are served")
    func bound() async throws {
        try await withPool(size: 3) { pool in
            let processes = try await withThrowingTaskGroup(of: Int32.self) { group in
                for _ in 0..<60 {
                    group.addTask { try await pool.query("SELECT pg_backend_pid()")[0].decode(0) }
                }
                return try await group.reduce(into: Set<Int32>()) { $0.insert($1) }
            }
            #expect(processes.count <= 3)
            #expect(pool.occupancy.connections <= 3)
            #expect(pool.occupancy.waiting == 0)
        }
    }

    @Test("a caller waits a bounded time for a connection")
    func acquireTimeout() async throws {
        try await withPool(size: 1, acquireTimeout: .milliseconds(50)) { pool async throws in
            let error = await postgresError {
                try await pool.withConnection { _ in _ = try await pool.query("SELECT 1") }
            }
            #expect(error?.code == .acquireTimedOut)
            #expect(try await pool.query("SELECT 1").count == 1)
        }
    }

    @Test("more callers than may wait are refused at once")
    func waiterBound() async throws {
        try await withPool(size: 1, maximumWaiters: 2) { pool in
            try await pool.withConnection { _ in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<2 { group.addTask { _ = try? await pool.query("SELECT 1") } }
                    try await eventually { pool.occupancy.waiting == 2 }
                    let error = await postgresError { _ = try await pool.query("SELECT 1") }
                    #expect(error?.code == .poolExhausted)
                    group.cancelAll()
                }
            }
            #expect(pool.occupancy.waiting == 0)
        }
    }

    @Test("a caller that gives up leaves the queue, and a connection is not lost by it")
    func cancelledWait() async throws {
        try await withPool(size: 1) { pool in
            try await pool.withConnection { _ in
                let waiting = Task { try await pool.query("SELECT 1") }
                try await eventually { pool.occupancy.waiting == 1 }
                waiting.cancel()
                await #expect(throws: CancellationError.self) { try await waiting.value }
            }
            #expect(try await pool.query("SELECT 1").count == 1)
            #expect(pool.occupancy == (1, 1, 0))
        }
    }

    @Test("a closed pool refuses, also those who wait")
    func close() async throws {
        try await withPool(size: 1) { pool in
            try await pool.withConnection { _ in
                let waiting = Task { try await pool.query("SELECT 1") }
                try await eventually { pool.occupancy.waiting == 1 }
                let closing = Task { await pool.close() }
                let error = await postgresError { _ = try await waiting.value }
                #expect(error?.code == .closed)
                closing.cancel()
            }
            let error = await postgresError { _ = try await pool.query("SELECT 1") }
            #expect(error?.code == .closed)
            try await eventually { pool.occupancy.connections == 0 }
        }
    }

    @Test("a connection that is left in a transaction is not lent again")
    func leftInTransaction() async throws {
        try await withPool(size: 1) { pool in
            try await pool.execute("CREATE TABLE kept (a int)")
            try await pool.withConnection { connection in
                try await connection.execute("BEGIN")
                try await connection.execute("INSERT INTO kept VALUES (1)")
            }
            try await pool.execute("INSERT INTO kept VALUES (2)")
            let kept = try await withPool(pool.configuration) { other in
                try await other.query("SELECT a FROM kept").map { try $0.decode(0, as: Int32.self) }
            }
            #expect(kept == [2])
        }
    }

    @Test("a connection that listens is not lent again")
    func uncleanConnection() async throws {
        try await withPool(size: 1) { pool in
            let first = try await pool.query("SELECT pg_backend_pid()")[0].decode(0, as: Int32.self)
            let stream = try await pool.withConnection { try await $0.listen("left") }
            let second = try await pool.query("SELECT pg_backend_pid()")[0].decode(0, as: Int32.self)
            #expect(first != second)
            for await _ in stream {}
        }
    }

    @Test("a wrong password or database is told at once, in words, and without the password")
    func refusedConnection() async throws {
        var configuration = try await TestPostgres.database()
        configuration.database = "absent"
        configuration.password = "canary"
        try await withPool(configuration) { pool in
            let error = await postgresError { _ = try await pool.query("SELECT 1") }
            #expect(error?.code == .invalidUse)
            #expect(error?.description.contains("absent") == true)
            #expect("\(error as Any)\(pool.configuration)".contains("canary") == false)
        }
    }

    @Test("a task of any loop has what connection there is where no new one can be made")
    func noMoreConnections() async throws {
        let other = try await TestPostgres.database()
        try await withPool(size: 4) { pool async throws in
            let process = try await pool.query("SELECT pg_backend_pid()")[0].decode(0, as: Int32.self)
            let name = pool.configuration.database
            try await withPool(other) { other async throws in
                _ = try await other.execute("ALTER DATABASE \(identifier: name) ALLOW_CONNECTIONS false")
            }
            // One after the other, one of each loop there is.
            for _ in 0..<8 {
                let found = try await Task(executorPreference: pool.executor) {
                    try await pool.query("SELECT pg_backend_pid()")[0].decode(0, as: Int32.self)
                }.value
                #expect(found == process)
            }
            #expect(pool.occupancy == (1, 1, 0))
        }
    }

    @Test("many tasks on one connection are served one after another")
    func sharedConnection() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                try await withThrowingTaskGroup(of: Int64.self) { group in
                    for number in 0..<50 {
                        group.addTask { try await connection.query("SELECT \(number)")[0].decode(0) }
                    }
                    let sum = try await group.reduce(0, +)
                    #expect(sum == 1225)
                }
            }
        }
    }
}
