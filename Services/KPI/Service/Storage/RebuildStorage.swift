internal import Postgres

/// Everything that was ever counted.
enum RebuildStorage {
    /// Takes it all back. Names of campaigns stay: a newer version replaces them.
    static func forgetCounts(in connection: PostgresConnection) async throws {
        try await connection.execute("TRUNCATE kpi.fact, kpi.cell, kpi.activity, kpi.customer_office")
    }
}
