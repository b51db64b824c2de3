internal import Foundation
public import Postgres

/// Appends to a log, in the caller's transaction.
public struct EventLogWriter: Sendable {
    public let schema: String
    private let takeHeads: String
    private let table: String

    private static let columns = [
        "partition", "log_offset", "customer_id", "kind", "subject", "dedupe_key", "occurred_at", "recorded_at",
        "properties", "body",
    ]
    /// From here on COPY is worth its two more round trips: it costs the server a third less than an INSERT from arrays.
    /// Not where the transaction may not stand still: a server that waits for the data of a COPY minds no such limit.
    private static let leastEntriesForCopy = 256

    public init(schema: String) {
        self.schema = schema
        takeHeads = "\(schema).log_take_heads"
        table = "\(schema).log"
    }

    /// Appends entries and returns the offset of each. Call it once, as the last thing before COMMIT: from here on no
    /// other writer gets past the partitions concerned, which is what makes offsets appear in order and without gaps. They
    /// may travel with COMMIT; so the transaction does not see them itself.
    ///
    /// - Throws: `PostgresError`. The transaction throws `isUniqueViolation` where a customer already has an entry with the
    ///   same dedupe key, at the latest at its end.
    @discardableResult
    public func append(_ entries: [NewLogEntry], in connection: PostgresConnection) async throws -> [Int64] {
        guard !entries.isEmpty else { return [] }
        let partitions = entries.map(\.partition)
        var counts: [Int16: Int64] = [:]
        for partition in partitions { counts[partition, default: 0] += 1 }
        var next = try await takeHeads(counts, in: connection)
        let offsets = partitions.map { partition in
            let offset = next[partition, default: 0]
            next[partition] = offset + 1
            return offset
        }
        let mustNotWait = await connection.isIdleTimeLimited
        if entries.count < Self.leastEntriesForCopy || mustNotWait {
            try await connection.executeAtCommit([insert(entries, partitions, offsets)])
        } else {
            try await copy(entries, partitions, offsets, in: connection)
        }
        return offsets
    }

    /// Holds the heads of partitions to the end of the transaction, so that no other writer adds to them meanwhile: what
    /// is then looked up of their entries stays true. Lowest first, as all writers take them.
    public func holdHeads(of partitions: Set<Int16>) -> SQL {
        "SELECT \(path: takeHeads)(\(partitions.sorted()), \([Int64](repeating: 0, count: partitions.count)))"
    }

    /// The first free offset of each partition, after moving the heads.
    private func takeHeads(_ counts: [Int16: Int64], in connection: PostgresConnection) async throws -> [Int16: Int64] {
        let ascending = counts.sorted { $0.key < $1.key }
        let rows = try await connection.query(
            "SELECT \(path: takeHeads)(\(ascending.map(\.key)), \(ascending.map(\.value)))")
        let heads = try rows[0].decode([Int64].self)
        return Dictionary(
            uniqueKeysWithValues: zip(ascending, heads).map { count, head in (count.key, head - count.value + 1) })
    }

    private func copy(
        _ entries: [NewLogEntry], _ partitions: [Int16], _ offsets: [Int64], in connection: PostgresConnection
    ) async throws {
        try await connection.copyIn(into: table, columns: Self.columns) { writer in
            for (index, entry) in entries.enumerated() {
                try await writer.write(
                    partitions[index], offsets[index], entry.customerID, entry.kind, entry.subject, entry.dedupeKey,
                    entry.occurredAt, entry.recordedAt, entry.propertiesJSON.map(PostgresJSON.init), entry.body)
            }
        }
    }

    private func insert(_ entries: [NewLogEntry], _ partitions: [Int16], _ offsets: [Int64]) -> SQL {
        """
        INSERT INTO \(path: table) (partition, log_offset, customer_id, kind, subject, dedupe_key, occurred_at,
            recorded_at, properties, body)
        SELECT * FROM unnest(\(partitions), \(offsets), \(entries.map(\.customerID)), \(entries.map(\.kind)),
            \(entries.map(\.subject)), \(entries.map(\.dedupeKey)), \(entries.map(\.occurredAt)),
            \(entries.map(\.recordedAt)), \(entries.map { $0.propertiesJSON.map(PostgresJSON.init) }),
            \(entries.map(\.body)))
        """
    }
}
