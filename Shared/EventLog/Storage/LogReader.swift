public import Postgres

/// Entries of one partition, after one offset up to and including another.
public struct LogRange: Sendable, Hashable {
    public var partition: Int16
    public var after: Int64
    public var upTo: Int64

    public init(partition: Int16, after: Int64, upTo: Int64) {
        self.partition = partition
        self.after = after
        self.upTo = upTo
    }

    public var count: Int64 { max(0, upTo - after) }
}

/// Reads a log by ranges of offsets.
public struct LogReader: Sendable {
    /// The schema of the log.
    public let log: String
    /// `<schema of the reader>.log_entries_of_<log>`.
    private let function: String

    public init(log: String, ownSchema: String) {
        self.log = log
        function = "\(ownSchema).log_entries_of_\(log)"
    }

    /// The entries of the ranges, in the order of the ranges. One statement.
    ///
    /// - Throws: `EventLogError` with `.gap` where an entry is missing.
    public func read(_ ranges: [LogRange], in connection: PostgresConnection) async throws -> [LogEntry] {
        try entries(of: ranges, from: try await connection.query(statement(ranges)))
    }

    func statement(_ ranges: [LogRange]) -> SQL {
        """
        SELECT partition, log_offset, customer_id, kind, subject, dedupe_key, occurred_at, recorded_at, properties, body
        FROM \(path: function)(\(ranges.map(\.partition)), \(ranges.map(\.after)),
            \(ranges.map(\.upTo)))
        """
    }

    func entries(of ranges: [LogRange], from rows: [PostgresRow]) throws -> [LogEntry] {
        var entries: [LogEntry] = []
        entries.reserveCapacity(rows.count)
        var next = rows.startIndex
        for range in ranges where range.count > 0 {
            for offset in (range.after + 1)...range.upTo {
                guard next < rows.endIndex else { throw gap(range, offset) }
                let entry = try Self.entry(rows[next])
                guard entry.partition == range.partition, entry.offset == offset else { throw gap(range, offset) }
                entries.append(entry)
                next += 1
            }
        }
        return entries
    }

    private func gap(_ range: LogRange, _ offset: Int64) -> EventLogError {
        EventLogError(.gap, "\(log).log has no entry \(offset) in partition \(range.partition)")
    }

    private static func entry(_ row: PostgresRow) throws -> LogEntry {
        LogEntry(
            partition: try row.decode(0), offset: try row.decode(1), customerID: try row.decode(2),
            kind: try row.decode(3), subject: try row.decode(4), dedupeKey: try row.decode(5),
            occurredAt: try row.decode(6), recordedAt: try row.decode(7),
            propertiesJSON: try row.decode(8, as: PostgresJSON?.self)?.text, body: try row.decode(9))
    }
}
