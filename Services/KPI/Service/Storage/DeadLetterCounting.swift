internal import Postgres

/// Entries that the followers set aside.
enum DeadLetterCounting {
    /// Of all logs.
    static func count(consumer: String, in pool: PostgresPool) async throws -> Int64 {
        try await pool.query(
            "SELECT count(*) FROM kpi.dead_letter WHERE consumer = \(consumer)"
        ).first?.decode(Int64.self) ?? 0
    }
}
