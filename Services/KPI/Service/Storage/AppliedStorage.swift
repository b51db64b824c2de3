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
