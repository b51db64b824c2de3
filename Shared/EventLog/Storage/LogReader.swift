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
    public let schema: String

    public init(schema: String) {
        self.schema = schema
    }

    /// The entries of the ranges, in the order of the ranges. One round trip: a statement for each range, so that each
    /// goes to one shard and to one stretch of the index.
    ///
    /// - Throws: `EventLogError` with `.gap` where an entry is missing.
    public func read(_ ranges: [LogRange], in connection: PostgresConnection) async throws -> [LogEntry] {
        try entries(of: ranges, from: try await connection.pipeline(ranges.map(statement)))
    }

    func statement(_ range: LogRange) -> SQL {
        """
        SELECT log_offset, customer_id, kind, subject, dedupe_key, occurred_at, recorded_at, properties, body
        FROM \(path: "\(schema).log")
        WHERE partition = \(range.partition) AND log_offset > \(range.after) AND log_offset <= \(range.upTo)
        ORDER BY log_offset
        """
    }

    func entries(of ranges: [LogRange], from answers: [[PostgresRow]]) throws -> [LogEntry] {
        var entries: [LogEntry] = []
        entries.reserveCapacity(answers.reduce(0) { $0 + $1.count })
        for (range, rows) in zip(ranges, answers) {
            var expected = range.after
            for row in rows {
                let entry = try Self.entry(row, partition: range.partition)
                expected += 1
                guard entry.offset == expected else { throw gap(range, expected) }
                entries.append(entry)
            }
            guard expected == range.upTo else { throw gap(range, expected + 1) }
        }
        return entries
    }

    private func gap(_ range: LogRange, _ offset: Int64) -> EventLogError {
        EventLogError(.gap, "\(schema).log has no entry \(offset) in partition \(range.partition)")
    }

    private static func entry(_ row: PostgresRow, partition: Int16) throws -> LogEntry {
        LogEntry(
            partition: partition, offset: try row.decode(0), customerID: try row.decode(1), kind: try row.decode(2),
            subject: try row.decode(3), dedupeKey: try row.decode(4), occurredAt: try row.decode(5),
            recordedAt: try row.decode(6), propertiesJSON: try row.decode(7, as: PostgresJSON?.self)?.text,
            body: try row.decode(8))
    }
}
