internal import EmbeddedPostgres
internal import EventLog
internal import Foundation
internal import Logging
internal import Postgres
internal import ServiceKit

/// Entries per second that two processes append to one log together, against one process alone: they need the same heads
/// of the log, and must not lose more by that than a fifth.
enum LogWritersBenchmark {
    static let argument = "log-writers-benchmark-writer"

    private static let roundCount = 9
    private static let roundSeconds = 2.0
    private static let entriesPerGroup = 500
    private static let customerCount: Int64 = 20_000

    static func run() async throws {
        let server = try await EmbeddedPostgres.start()
        do {
            try await compare(on: server)
            try await server.stop()
        } catch {
            try? await server.stop()
            throw error
        }
    }

    private static func compare(on server: EmbeddedPostgres) async throws {
        let pool = PostgresPool(try PostgresConfiguration(parsing: server.connectionURL()), logger: quiet)
        try await pool.execute("CREATE SCHEMA benchmark")
        for statement in EventLogSchema.statements(schema: "benchmark") {
            try await pool.execute(SQL(unsafeSQL: statement))
        }
        print("log-writers: entries/s appended in groups of \(entriesPerGroup) to all partitions of one log")
        print("round   1 writer   2 writers   ratio")
        var ratios: [Double] = []
        // The first round warms memory and caches and does not count.
        for round in 0...roundCount {
            let twoFirst = round.isMultiple(of: 2) ? try await rate(of: 2, server) : nil
            let one = try await rate(of: 1, server)
            let two: Double
            if let twoFirst { two = twoFirst } else { two = try await rate(of: 2, server) }
            guard round > 0 else { continue }
            ratios.append(two / one)
            print(
                "\(round)".padding(toLength: 7, withPad: " ", startingAt: 0)
                    + String(format: "%9.0f %11.0f   %5.3f", one, two, two / one))
        }
        let deadlocks = try await pool.query(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")[0].decode(0, as: Int64.self)
        await pool.close()
        guard deadlocks == 0 else { throw BenchmarkSuiteError("Writers locked each other out \(deadlocks) times.") }
        print("ratio log-writers \(String(format: "%.3f", ratios.sorted()[ratios.count / 2]))")
    }

    /// Entries per second of so many processes together.
    private static func rate(of writers: Int, _ server: EmbeddedPostgres) async throws -> Double {
        let processes = try (0..<writers).map { _ in try start(server.connectionURL()) }
        var appended = 0
        for (process, output) in processes {
            let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            process.waitUntilExit()
            guard let count = Int(text.trimmingCharacters(in: .newlines)) else {
                throw BenchmarkSuiteError("A writer failed.")
            }
            appended += count
        }
        return Double(appended) / roundSeconds
    }

    private static func start(_ url: String) throws -> (Process, Pipe) {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [argument, url]
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return (process, output)
    }

    // MARK: - The writing half: this executable, started again with a hidden argument

    /// Appends for the time of a round and prints how many entries were durable in it.
    static func writeIfAsked(_ arguments: [String]) async throws {
        guard arguments.count == 2, arguments[0] == argument else { return }
        let pool = PostgresPool(try PostgresConfiguration(parsing: arguments[1]), logger: quiet)
        let writer = EventLogWriter(schema: "benchmark")
        let name = UUID().uuidString
        // Connecting and preparing are no part of it.
        try await append(group: 0, of: name, writer, pool)
        let end = ContinuousClock.now + .seconds(roundSeconds)
        var groups = 0
        while .now < end {
            groups += 1
            try await append(group: groups, of: name, writer, pool)
        }
        print(groups * entriesPerGroup)
        await pool.close()
        exit(0)
    }

    private static func append(
        group: Int, of name: String, _ writer: EventLogWriter, _ pool: PostgresPool
    ) async throws {
        let moment = Date(microseconds: Date().microseconds)
        let entries = (0..<entriesPerGroup).map { index in
            NewLogEntry(
                customerID: Int64.random(in: 1...customerCount), kind: 1, subject: "fund.viewed",
                dedupeKey: "\(name)-\(group)-\(index)", occurredAt: moment, recordedAt: moment,
                propertiesJSON: #"{"page":"funds/7","seconds":42}"#)
        }
        try await pool.transaction { _ = try await writer.append(entries, in: $0) }
    }

    private static var quiet: Logger { Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() } }
}
