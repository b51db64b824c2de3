internal import EventLog
internal import Foundation
internal import Postgres

/// Reads campaign.log from its beginning, for the recomputation.
enum CampaignLogReader {
    static let pageSize = 5_000

    /// What the consumer has applied of one partition.
    static func appliedOffset(
        consumer: String, partition: Int16, in connection: PostgresConnection
    ) async throws -> Int64 {
        try await connection.query(
            """
            SELECT applied_offset FROM kpi.log_cursor
            WHERE consumer = \(consumer) AND log = 'campaign' AND partition = \(partition)
            """
        ).first?.decode(Int64.self) ?? 0
    }

    /// Entries after one offset up to another, in order; kind, customer, moment and body are all that counts.
    static func page(
        partition: Int16, after: Int64, upTo: Int64, in connection: PostgresConnection
    ) async throws -> [RawEntry] {
        let rows = try await connection.query(
            """
            SELECT log_offset, customer_id, kind, occurred_at, coalesce(body, ''::bytea) FROM campaign.log
            WHERE partition = \(partition) AND log_offset > \(after) AND log_offset <= \(upTo)
            ORDER BY log_offset LIMIT \(Int64(pageSize))
            """)
        return try rows.map { row in
            let (offset, customer, kind, at, body) = try row.decode(
                Int64.self, Int64.self, Int16.self, Date.self, [UInt8].self)
            return RawEntry(offset: offset, customerID: customer, kind: kind, occurredAt: at, body: body)
        }
    }
}

/// An entry as far as a number depends on it.
struct RawEntry: Sendable {
    var offset: Int64
    var customerID: Int64
    var kind: Int16
    var occurredAt: Date
    var body: [UInt8]
}

extension RawEntry {
    init(_ entry: LogEntry) {
        self.init(
            offset: entry.offset, customerID: entry.customerID, kind: entry.kind, occurredAt: entry.occurredAt,
            body: entry.body ?? [])
    }
}
