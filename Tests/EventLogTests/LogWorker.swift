import EventLog
import Foundation
import Glibc
import Postgres
import Testing

/// What a worker process of the fault tests is told.
struct LogWorkerOrder: Codable {
    enum Role: String, Codable {
        case writer
        case consumer
    }

    static let variable = "ZHIKE_LOG_WORKER"

    var role: Role
    var databaseURL: String
    /// The file to which a writer adds what was acknowledged.
    var historyPath: String

    /// The order of this process, where it is a worker.
    static let own = ProcessInfo.processInfo.environment[variable].flatMap {
        try? JSONDecoder().decode(LogWorkerOrder.self, from: Data($0.utf8))
    }
}

/// The fault tests start this program again for each worker, so that real processes die.
@Suite struct LogWorker {
    @Test("a worker process of the fault tests", .enabled(if: LogWorkerOrder.own != nil))
    func work() async throws {
        let order = try #require(LogWorkerOrder.own)
        // Its parent holds the other end: with the parent ends the worker.
        Thread.detachNewThread {
            _ = FileHandle.standardInput.availableData
            exit(0)
        }
        var configuration = try PostgresConfiguration(parsing: order.databaseURL)
        configuration.poolSize = 3
        configuration.acquireTimeout = .seconds(30)
        let pool = PostgresPool(configuration, logger: LogFixture.quiet)
        switch order.role {
        case .writer: try await Self.write(to: pool, history: order.historyPath)
        case .consumer: try await LogFixture.consumer(pool).run()
        }
    }

    private static func write(to pool: PostgresPool, history path: String) async throws {
        let history = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        precondition(history >= 0)
        let notifier = LogNotifier(pool: pool, log: "origin")
        let notifying = Task { try await notifier.run() }
        defer { notifying.cancel() }
        let name = UUID().uuidString
        for number in 0... {
            let customers = (0..<Int.random(in: 1...30)).map { _ in Int64.random(in: 0..<2000) }
            do {
                try await LogFixture.append(customers, keyed: "\(name)-\(number)-", to: pool)
            } catch {
                // Not acknowledged: it may be there or not.
                continue
            }
            let line = Array("\(name)-\(number)- \(customers.count)\n".utf8)
            guard Glibc.write(history, line, line.count) == line.count, fsync(history) == 0 else { exit(1) }
            notifier.signal()
            // Leaves the readers some of the machine.
            await Task.yield()
        }
    }

    /// What writers were told is durable.
    static func acknowledged(in path: String) throws -> Set<String> {
        var keys: Set<String> = []
        for line in try String(contentsOfFile: path, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: true)
        {
            let parts = line.split(separator: " ")
            guard parts.count == 2, let count = Int(parts[1]) else { continue }
            for index in 0..<count { keys.insert("\(parts[0])\(index)") }
        }
        return keys
    }
}
