internal import Postgres

/// Everything that was ever counted.
enum RebuildStorage {
    /// Takes it all back. Names of campaigns stay: a newer version replaces them.
    static func forgetCounts(in connection: PostgresConnection) async throws {
        try await connection.execute("TRUNCATE kpi.fact, kpi.cell, kpi.activity, kpi.customer_office")
    }

    /// Keeps rebuilds out until the transaction ends, and waits for one that is under way. To be called first: it takes no
    /// snapshot, and one taken earlier would hold the cursors from before the rebuild, but no count, because TRUNCATE empties
    /// a table for older snapshots too.
    static func holdOff(in connection: PostgresConnection) async throws {
        try await connection.execute("LOCK TABLE kpi.cell, kpi.activity IN ACCESS SHARE MODE")
    }

    /// The same for a person, through the views that the person reads.
    static func holdOffForPerson(in connection: PostgresConnection) async throws {
        try await connection.execute("LOCK TABLE kpi.visible_cell, kpi.visible_activity IN ACCESS SHARE MODE")
    }
}
