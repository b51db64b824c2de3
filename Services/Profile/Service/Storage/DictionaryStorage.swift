internal import Foundation
internal import Postgres
internal import ProfileDomain

/// The dictionary of traits and the column that each of them owns.
enum DictionaryStorage {
    /// The name of a trait's column; the trait's name was checked to be lower case letters, digits and underscores.
    static func column(of trait: String) -> String { "trait_" + trait }

    static func load(in connection: PostgresConnection) async throws -> TraitDictionary {
        let version = try await connection.query("SELECT version FROM profile.dictionary")
        let rows = try await connection.query(
            "SELECT name, type, meaning, source, refresh, sensitivity, known FROM profile.trait ORDER BY name")
        let definitions = try rows.map { row in
            let (name, type, meaning, source, refresh, sensitivity, known) = try row.decode(
                String.self, Int16.self, String.self, String.self, String.self, Int16.self, Int16.self)
            guard let type = TraitType(rawValue: type), let sensitivity = Sensitivity(rawValue: sensitivity),
                let known = Known(rawValue: known)
            else {
                throw FieldProblem(
                    field: "traits", code: "dictionary",
                    reason: "The dictionary holds a trait of a newer version; upgrade this service.")
            }
            return try TraitDefinition(
                name: name, type: type, meaning: meaning, source: source, refresh: refresh, sensitivity: sensitivity,
                known: known)
        }
        return TraitDictionary(version: try version.first?.decode(Int64.self) ?? 0, definitions: definitions)
    }

    /// Locks the dictionary against other changes and answers it as it is then.
    static func lock(in connection: PostgresConnection) async throws -> TraitDictionary {
        _ = try await connection.query("SELECT version FROM profile.dictionary FOR UPDATE")
        return try await load(in: connection)
    }

    /// Writes the change, adds columns, and publishes them; answers the new version.
    static func apply(
        _ change: DictionaryChange, to current: TraitDictionary, at moment: Date, in connection: PostgresConnection
    ) async throws -> Int64 {
        if !change.added.isEmpty { try await lockViews(in: connection) }
        for definition in change.added {
            var statement: SQL =
                """
                ALTER TABLE profile.customer_trait ADD COLUMN \(identifier: column(of: definition.name))
                \(unsafeSQL: columnType(definition.type))
                """
            statement.isPrepared = false
            try await connection.execute(statement)
        }
        let changed = change.added + change.reworded
        try await connection.execute(
            """
            INSERT INTO profile.trait (name, type, meaning, source, refresh, sensitivity, known, changed_at)
            SELECT i.*, 1, \(moment)
            FROM unnest(\(changed.map(\.name))::text[], \(changed.map(\.type.rawValue))::smallint[],
                \(changed.map(\.meaning))::text[], \(changed.map(\.source))::text[],
                \(changed.map(\.refresh))::text[], \(changed.map(\.sensitivity.rawValue))::smallint[])
                AS i(name, type, meaning, source, refresh, sensitivity)
            ON CONFLICT (name) DO UPDATE SET meaning = excluded.meaning, source = excluded.source,
                refresh = excluded.refresh, sensitivity = excluded.sensitivity, changed_at = excluded.changed_at
            """)
        if !change.added.isEmpty { try await publish(in: connection) }
        let rows = try await connection.query(
            "UPDATE profile.dictionary SET version = version + 1 RETURNING version")
        return try rows.first?.decode(Int64.self) ?? current.version + 1
    }

    /// Readers lock a view and then its tables. Who changes both and took a table first would wait for a reader that waits for
    /// that table. LOCK TABLE would not do: it goes from each view on to its tables, so that the second view came behind
    /// those of the first. Setting what is set already locks a view alone.
    private static func lockViews(in connection: PostgresConnection) async throws {
        for statement: SQL in [
            "ALTER VIEW profile.published_customer SET (security_invoker = true)",
            "ALTER VIEW profile.visible_trait SET (security_invoker = true)",
        ] {
            try await connection.execute(statement.unprepared)
        }
    }

    private static func columnType(_ type: TraitType) -> String {
        switch type {
        case .text: "text"
        case .integer: "bigint"
        case .decimal: "double precision"
        case .flag: "boolean"
        case .time: "timestamptz"
        }
    }

    /// Gives the published views the columns of all traits. A view may only gain columns at its end, so they stand in the
    /// order in which the traits were declared, which is the order of the table's columns.
    private static func publish(in connection: PostgresConnection) async throws {
        let rows = try await connection.query(
            """
            SELECT attname::text FROM pg_attribute
            WHERE attrelid = 'profile.customer_trait'::regclass AND attnum > 0 AND NOT attisdropped
                AND starts_with(attname::text, 'trait_')
            ORDER BY attnum
            """)
        let columns = try rows.map { row -> SQL in "t.\(identifier: try row.decode(String.self))" }
        let list = SQL.joined(columns, separator: ", ")
        var customers: SQL =
            """
            CREATE OR REPLACE VIEW profile.published_customer WITH (security_invoker = true) AS
            SELECT c.partition, c.customer_id, c.customer_number, c.office_path, c.manager, c.created_at, \(list)
            FROM profile.customer c
            LEFT JOIN profile.customer_trait t ON t.partition = c.partition AND t.customer_id = c.customer_id
            """
        customers.isPrepared = false
        try await connection.execute(customers)
        var visible: SQL =
            """
            CREATE OR REPLACE VIEW profile.visible_trait WITH (security_invoker = true) AS
            SELECT t.partition, t.customer_id, t.provenance, \(list)
            FROM profile.customer c
            JOIN profile.customer_trait t ON t.partition = c.partition AND t.customer_id = c.customer_id
            """
        visible.isPrepared = false
        try await connection.execute(visible)
    }
}
