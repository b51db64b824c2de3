import Postgres
import TestSupport
import Testing

/// A task that prefers an executor leaves the connection's executor at each await and comes back: between the two its
/// answer may arrive.
@Suite struct ExecutorPreferenceTests {
    /// Runs each job where it became ready.
    private final class AtOnce: TaskExecutor {
        static let shared = AtOnce()
        func enqueue(_ job: consuming ExecutorJob) { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    @Test("tasks that prefer the pool's executor or one of their own lose no answer", arguments: [true, false])
    func everyStatement(isOfPool: Bool) async throws {
        try await withPool(size: 4) { pool in
            _ = try await pool.execute("CREATE TABLE counted (task int, number int)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in Int32(0)..<16 {
                    group.addTask(executorPreference: Self.executor(isOfPool, pool)) {
                        for number in Int32(0)..<50 { try await Self.exchange(task, number, pool) }
                    }
                }
                try await group.waitForAll()
            }
            let rows = try await pool.query("SELECT count(*), count(DISTINCT (task, number)) FROM counted")
            #expect(try rows[0].decode(0, as: Int64.self) == 1600)
            #expect(try rows[0].decode(1, as: Int64.self) == 800)
            #expect(pool.occupancy == (4, 4, 0))
        }
    }

    /// One of each kind of exchange.
    private static func exchange(_ task: Int32, _ number: Int32, _ pool: PostgresPool) async throws {
        let answer = try await pool.query("SELECT \(number)")
        #expect(try answer[0].decode(0, as: Int32.self) == number)
        try await pool.transaction { connection in
            try await connection.execute("INSERT INTO counted VALUES (\(task), \(number))")
            let answers = try await connection.pipeline(["SELECT \(task)", "SELECT \(number)"])
            #expect(try answers.map { try $0[0].decode(0, as: Int32.self) } == [task, number])
        }
        _ = try await pool.withConnection { connection in
            try await connection.copyIn(into: "counted", columns: ["task", "number"]) { writer in
                try await writer.write(task, number)
            }
        }
    }

    private static func executor(_ isOfPool: Bool, _ pool: PostgresPool) -> any TaskExecutor {
        isOfPool ? pool.executor : AtOnce.shared
    }

    @Test(
        "statements of many tasks on one connection all get their turn", .timeLimit(.minutes(1)),
        arguments: [true, false])
    func turns(isOfPool: Bool) async throws {
        try await withPool(size: 1) { pool in
            _ = try await pool.withConnection { connection in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for task in Int32(0)..<8 {
                        group.addTask(executorPreference: Self.executor(isOfPool, pool)) {
                            for number in Int32(0)..<200 {
                                let rows = try await connection.query("SELECT \(task * 1_000 + number)")
                                #expect(try rows[0].decode(0, as: Int32.self) == task * 1_000 + number)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test(
        "a cancel at any moment ends its statement and no other", .timeLimit(.minutes(1)), arguments: [true, false])
    func cancellation(isOfPool: Bool) async throws {
        var generator = SeededGenerator("cancel with a preference")
        try await withPool(size: 1) { pool async throws in
            for _ in 0..<300 {
                let task = Task(executorPreference: Self.executor(isOfPool, pool)) {
                    try await pool.query("SELECT generate_series(1, 300)")
                }
                let spins = Int.random(in: 0..<2_000, using: &generator)
                for _ in 0..<spins where spins % 3 > 0 { await Task.yield() }
                task.cancel()
                _ = try? await task.value
                #expect(try await pool.query("SELECT 1").count == 1)
            }
        }
    }

    @Test(
        "a connection that the server ends at any moment keeps nobody waiting, and the next statement has another",
        .timeLimit(.minutes(1)), arguments: [true, false])
    func loss(isOfPool: Bool) async throws {
        var generator = SeededGenerator("loss with a preference")
        try await withPool(size: 2) { pool async throws in
            for _ in 0..<100 {
                let processes = AsyncStream.makeStream(of: Int32.self)
                let task = Task(executorPreference: Self.executor(isOfPool, pool)) {
                    try await pool.withConnection { connection in
                        processes.continuation.yield(await connection.backendProcessID)
                        while true { _ = try await connection.query("SELECT generate_series(1, 300)") }
                    }
                }
                var iterator = processes.stream.makeAsyncIterator()
                let process = try #require(await iterator.next())
                for _ in 0..<Int.random(in: 0..<500, using: &generator) { await Task.yield() }
                _ = try await pool.query("SELECT pg_terminate_backend(\(process))")
                await #expect(throws: PostgresError.self) { try await task.value }
                #expect(try await pool.query("SELECT 1").count == 1)
            }
        }
    }
}
