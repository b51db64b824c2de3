import EmbeddedPostgres
import EventLog
import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.serialized) struct FaultTests {
    private enum Fault: CaseIterable {
        case killWriter
        case killConsumer
        case freezeConsumer
        case killPostgres
    }

    @Test("every acknowledged entry takes effect exactly once and in order while processes and Postgres are killed")
    func exactlyOnce() async throws {
        var generator = SeededGenerator("log faults")
        // Durable: without synchronous commits a killed server forgets what it acknowledged.
        let server = try await EmbeddedPostgres.start()
        var configuration = try PostgresConfiguration(parsing: server.connectionURL())
        configuration.acquireTimeout = .seconds(30)
        let pool = PostgresPool(configuration, logger: LogFixture.quiet)
        try await LogFixture.prepare(pool)
        let history = FileManager.default.temporaryDirectory.appending(path: "zhike-log-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: history) }
        func start(_ role: LogWorkerOrder.Role) throws -> LogProcess {
            try LogProcess(
                LogWorkerOrder(role: role, databaseURL: server.connectionURL(), historyPath: history))
        }
        var writers = [try start(.writer), try start(.writer)]
        var consumers = [try start(.consumer), try start(.consumer)]
        defer { for process in writers + consumers { process.end() } }
        try await progress(pool)
        let rounds = TestTier.rounds(long: 60)
        var deadlocks: Int64 = 0
        for _ in 0..<rounds {
            let fault = Fault.allCases.randomElement(using: &generator)!
            print("log faults:", fault)
            switch fault {
            case .killWriter:
                let index = writers.indices.randomElement(using: &generator)!
                writers[index].end()
                writers[index] = try start(.writer)
            case .killConsumer:
                let index = consumers.indices.randomElement(using: &generator)!
                consumers[index].end()
                consumers[index] = try start(.consumer)
            case .freezeConsumer:
                let index = consumers.indices.randomElement(using: &generator)!
                consumers[index].freeze()
                // Past its lease: nearly all that is written now is applied by the other.
                try await progress(pool, partitions: 160)
                consumers[index].thaw()
            case .killPostgres:
                // A crash takes the count with it.
                deadlocks += try await Self.deadlocks(pool)
                try await server.kill9()
                try await server.startAgain()
            }
            try await progress(pool)
        }
        for process in writers { process.end() }
        let judge = LogFixture.consumer(pool)
        try await eventually("all is applied", within: .seconds(60)) { try await judge.lag() == 0 }
        for process in consumers { process.end() }
        let acknowledged = try LogWorker.acknowledged(in: history)
        #expect(acknowledged.count > 100)
        let faults = try await LogCheck(pool: pool).faults(acknowledged: acknowledged)
        #expect(faults.isEmpty, "\(faults)")
        // A transaction that met one is repeated, so that nothing else tells of it.
        deadlocks += try await Self.deadlocks(pool)
        #expect(deadlocks == 0)
        TestTier.report(
            "event log: \(rounds) kills and pauses of writers, consumers and Postgres, \(acknowledged.count) entries "
                + "acknowledged, \(faults.count) lost, doubled or out of order, \(deadlocks) deadlocks")
        await pool.close()
        try await server.stop()
    }

    /// Since the server came up.
    private static func deadlocks(_ pool: PostgresPool) async throws -> Int64 {
        try await pool.query("SELECT coalesce(sum(deadlocks), 0)::bigint FROM pg_stat_database")[0].decode(0)
    }

    /// Waits until something that is written from now on has been applied, in so many partitions.
    private func progress(_ pool: PostgresPool, partitions: Int = 32) async throws {
        let judge = LogFixture.consumer(pool)
        let before = try await pool.withConnection { try await LogHeads.read(schema: "origin", in: $0) }
        try await eventually("entries are applied", within: .seconds(60)) {
            let applied = try await judge.appliedPosition()
            return applied.offsets.count { $0.value > before[$0.key] } >= partitions
        }
    }
}
