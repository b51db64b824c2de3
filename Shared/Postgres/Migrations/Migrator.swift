/// Brings a schema up to date.
///
/// Each step is a transaction of its own, statement by statement, under an advisory lock, so that several processes may
/// start at once. What was applied is kept with its checksum in `<schema>.migration`. Steps that the database has and
/// this program does not know are left alone: a newer version is running beside it.
public enum Migrator {
    /// Applies the steps that are missing, in the order of their names, and returns theirs.
    ///
    /// - Throws: `PostgresError` with `.migration` when an applied step was changed.
    @discardableResult
    public static func migrate(_ pool: PostgresPool, schema: String, migrations: [Migration]) async throws -> [String] {
        try await pool.withConnection { try await migrate($0, schema: schema, migrations: migrations) }
    }

    @discardableResult
    public static func migrate(_ connection: PostgresConnection, schema: String, migrations: [Migration]) async throws
        -> [String]
    {
        try await connection.transaction { connection in
            try await lock(connection, schema)
            try await connection.execute(
                SQL(
                    """
                    CREATE TABLE IF NOT EXISTS \(identifier: schema).migration
                        (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL)
                    """
                ).unprepared)
        }
        var applied: [String] = []
        for migration in migrations.sorted(by: { $0.name < $1.name })
        where try await apply(migration, schema, connection) {
            applied.append(migration.name)
        }
        return applied
    }

    private static func lock(_ connection: PostgresConnection, _ schema: String) async throws {
        try await connection.execute("SET LOCAL statement_timeout = 0")
        try await connection.execute("SET LOCAL client_min_messages = warning")
        try await connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(\("zhike.migration." + schema), 0))")
    }

    private static func apply(_ migration: Migration, _ schema: String, _ connection: PostgresConnection) async throws
        -> Bool
    {
        try await connection.transaction { connection in
            try await lock(connection, schema)
            let known = try await connection.query(
                """
                SELECT encode(sha256(convert_to(\(migration.text), 'UTF8')), 'hex'),
                       (SELECT checksum FROM \(identifier: schema).migration WHERE name = \(migration.name))
                """)
            let (checksum, appliedChecksum) = try known[0].decode((String, String?).self)
            if let appliedChecksum {
                guard appliedChecksum == checksum else {
                    throw PostgresError(
                        .migration, "\(schema) \(migration.name) was changed after it was applied; add a new migration")
                }
                return false
            }
            for statement in StatementSplitter.split(migration.text) {
                do {
                    try await connection.execute(SQL(unsafeSQL: statement).unprepared)
                } catch let error as PostgresError {
                    throw explained(error, schema, migration)
                }
            }
            try await connection.execute(
                """
                INSERT INTO \(identifier: schema).migration (name, checksum, applied_at)
                VALUES (\(migration.name), \(checksum), now())
                """)
            return true
        }
    }

    /// A migration holds no personal data, so here the server's words may be told.
    private static func explained(_ error: PostgresError, _ schema: String, _ migration: Migration) -> PostgresError {
        PostgresError(
            error.code, "\(schema) \(migration.name): \(error.serverMessage)", sqlState: error.sqlState,
            constraint: error.constraint, serverMessage: error.serverMessage)
    }
}
