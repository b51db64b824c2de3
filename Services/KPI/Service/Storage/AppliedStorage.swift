internal import EventLog
internal import Postgres

/// How far logs were counted, in the snapshot of a connection: in one partition, or in all.
enum AppliedStorage {
    static func offsets(
        consumer: String, log: String, of partition: Int16? = nil, in connection: PostgresConnection
    ) async throws -> LogPosition {
        let rows = try await connection.query(
            """
            SELECT partition, applied_offset FROM kpi.log_cursor
            WHERE consumer = \(consumer) AND log = \(log) AND applied_offset > 0
                AND partition = coalesce(\(partition as Int16?), partition)
            """)
        return LogPosition(
            offsets: Dictionary(
                try rows.map { try $0.decode(Int16.self, Int64.self) }, uniquingKeysWith: max))
    }

    /// How far each log is counted at least in what the transaction reads from here on: no rebuild comes between.
    static func visible(consumer: String, in connection: PostgresConnection) async throws -> [String: LogPosition] {
        try await RebuildStorage.holdOffForPerson(in: connection)
        let rows = try await connection.query(
            "SELECT log, partition, applied_offset FROM kpi.visible_cursor WHERE consumer = \(consumer)")
        var applied: [String: LogPosition] = [:]
        for row in rows {
            let (log, partition, offset) = try row.decode(String.self, Int16.self, Int64.self)
            applied[log, default: LogPosition()][partition] = offset
        }
        return applied
    }

    /// Offsets of dead letters, by partition.
    static func letters(
        consumer: String, log: String, of partition: Int16? = nil, in connection: PostgresConnection
    ) async throws -> [Int16: Set<Int64>] {
        let rows = try await connection.query(
            """
            SELECT partition, log_offset FROM kpi.dead_letter
            WHERE consumer = \(consumer) AND log = \(log) AND partition = coalesce(\(partition as Int16?), partition)
            """)
        return Dictionary(
            try rows.map { row in
                let (partition, offset) = try row.decode(Int16.self, Int64.self)
                return (partition, [offset])
            }, uniquingKeysWith: { $0.union($1) })
    }
}
