internal import Postgres

/// Entries that the followers set aside.
enum DeadLetterCounting {
    /// Of all logs.
    static func count(consumer: String, in pool: PostgresPool) async throws -> Int64 {
        try await pool.query(
            "SELECT count(*) FROM kpi.dead_letter WHERE consumer = \(consumer)"
        ).first?.decode(Int64.self) ?? 0
    }

    /// Those of campaign.log in one partition, in the snapshot of the connection.
    static func offsets(
        consumer: String, partition: Int16, in connection: PostgresConnection
    ) async throws -> Set<Int64> {
        let rows = try await connection.query(
            """
            SELECT log_offset FROM kpi.dead_letter
            WHERE consumer = \(consumer) AND log = 'campaign' AND partition = \(partition)
            """)
        return Set(try rows.map { try $0.decode(0, as: Int64.self) })
    }
}
