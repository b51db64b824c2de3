import Contracts
import EmbeddedPostgres
import Foundation
import Logging
import Postgres
import RPC
import ServiceKit
import Synchronization
import TestSupport
import Testing

@Suite("repeated calls while Postgres is killed")
struct IdempotencyFaultTests {
    private static let workers = 8

    /// Counts what was answered, so that kills fall into the middle of work.
    private final class Progress: Sendable {
        private let state = Mutex((answered: 0, isOver: false))
        var answered: Int { state.withLock { $0.answered } }
        var isOver: Bool { state.withLock { $0.isOver } }
        func add() { state.withLock { $0.answered += 1 } }
        func end() { state.withLock { $0.isOver = true } }
    }

    @Test("every key that was answered took effect exactly once, and is answered the same for ever")
    func kills() async throws {
        let server = try await EmbeddedPostgres.start()
        let pool = try await prepared(server)
        let progress = Progress()
        let rounds = TestTier.rounds(short: 4, long: 40)
        var generator = SeededGenerator("idempotency kills")
        let answers = try await withThrowingTaskGroup(of: [String: Int64].self) { group in
            for worker in 0..<Self.workers {
                group.addTask { try await Self.work(worker, pool, progress) }
            }
            for _ in 0..<rounds {
                let goal = progress.answered + Int.random(in: 20...120, using: &generator)
                try await eventually("\(goal) answers") { progress.answered >= goal }
                try await server.kill9()
                try await server.startAgain()
            }
            progress.end()
            return try await group.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        }
        let rows = try await pool.query(
            "SELECT count(*), count(DISTINCT idempotency_key), coalesce(sum(amount), 0)::bigint FROM profile.applied")
        let (executions, keys, sum) = try rows[0].decode((Int64, Int64, Int64).self)
        #expect(executions == Int64(answers.count) && keys == executions && sum == executions)
        // Each execution saw another total, so that equal answers can only be stored ones.
        #expect(Set(answers.values).count == answers.count)
        TestTier.report("\(rounds) kills of Postgres, \(answers.count) keys answered, each executed once")
        await pool.close()
        try await server.stop()
    }

    private func prepared(_ server: EmbeddedPostgres) async throws -> PostgresPool {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let administrator = PostgresPool(try PostgresConfiguration(parsing: server.connectionURL()), logger: logger)
        try await Bootstrap.run(pool: administrator)
        await administrator.close()
        let pool = PostgresPool(
            try PostgresConfiguration(parsing: server.connectionURL(user: "zhike_profile")), logger: logger)
        try await Migrator.migrate(pool, schema: "profile", migrations: KitSchema.migrations(schema: "profile"))
        try await pool.execute("CREATE TABLE profile.applied (idempotency_key text, amount bigint)")
        return pool
    }

    /// Calls with one key after another, each until it is answered, and then once more.
    private static func work(_ worker: Int, _ pool: PostgresPool, _ progress: Progress) async throws -> [String: Int64]
    {
        var answers: [String: Int64] = [:]
        var number = 0
        while !progress.isOver {
            let key = "\(worker)/\(number)"
            let first = try await answer(key, pool)
            progress.add()
            let second = try await answer(key, pool)
            #expect(first == second)
            answers[key] = first
            number += 1
        }
        return answers
    }

    private static func answer(_ key: String, _ pool: PostgresPool) async throws -> Int64 {
        let end = ContinuousClock.now + .seconds(60)
        while true {
            do {
                return try await add(key, pool)
            } catch let error as any RPCErrorConvertible where ContinuousClock.now < end {
                // What a caller may repeat; anything else is a failure of the test.
                let code = error.rpcError.code
                guard [.unavailable, .deadlineExceeded, .aborted].contains(code) else { throw error }
            }
        }
    }

    private static func add(_ key: String, _ pool: PostgresPool) async throws -> Int64 {
        let reply: TestingV1.AddResponse = try await Idempotency(schema: "profile").run(
            KitDatabase.context(key: key), TestingV1.AddRequest(amount: 1), pool: pool
        ) { connection in
            try await connection.execute("LOCK TABLE profile.applied IN SHARE ROW EXCLUSIVE MODE")
            try await connection.execute("INSERT INTO profile.applied VALUES (\(key), 1)")
            let rows = try await connection.query("SELECT count(*) FROM profile.applied")
            return TestingV1.AddResponse(total: try rows[0].decode(0, as: Int64.self))
        }
        return reply.total
    }
}
