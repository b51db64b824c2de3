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
                    group.addTask(executorPreference: isOfPool ? pool.executor : AtOnce.shared) {
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

    @Test("a cancelled task that prefers the pool's executor is free at once, and its connection is of use again")
    func cancellation() async throws {
        try await withPool(size: 1) { pool in
            let sleeping = Task(executorPreference: pool.executor) { try await pool.query("SELECT pg_sleep(600)") }
            try await eventually { pool.occupancy.connections == 1 && pool.occupancy.idle == 0 }
            sleeping.cancel()
            await #expect(throws: CancellationError.self) { try await sleeping.value }
            #expect(try await pool.query("SELECT 1").count == 1)
        }
    }
}
