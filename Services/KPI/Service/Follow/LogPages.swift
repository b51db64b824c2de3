internal import EventLog
internal import Postgres

/// Reads a partition of a log again from its first entry, one page at a time.
///
/// Entries never change, so no snapshot is held for as long as a whole log takes.
struct LogPages: Sendable {
    private static let size: Int64 = 5_000

    let log: String
    let pool: PostgresPool
    private let reader: LogReader

    init(log: String, pool: PostgresPool) {
        self.log = log
        self.pool = pool
        reader = LogReader(log: log, ownSchema: "kpi")
    }

    /// - Throws: `KPIFailure.missingEntry`, and whatever `body` throws.
    func forEach(
        of partition: Int16, upTo last: Int64, deadline: ContinuousClock.Instant, _ body: (LogEntry) throws -> Void
    ) async throws {
        var position: Int64 = 0
        while position < last {
            let range = LogRange(partition: partition, after: position, upTo: min(last, position + Self.size))
            let page: [LogEntry]
            do {
                page = try await pool.withConnection(deadline: deadline) { try await reader.read([range], in: $0) }
            } catch let error as EventLogError where error.code == .gap {
                throw KPIFailure.missingEntry(log: log, partition: partition)
            }
            for entry in page { try body(entry) }
            position = range.upTo
        }
    }
}
