internal import KPIDomain
internal import Postgres

/// Counts of activity.
enum ActivityStorage {
    /// Adds amounts, in the one order in which everybody does.
    static func addStatement(_ amounts: [ActivityKey: Int64]) -> SQL {
        let counts = amounts.sorted { $0.key < $1.key }
        return """
            INSERT INTO kpi.activity (office_path, day, measure, subject, amount)
            SELECT * FROM unnest(\(counts.map(\.key.officePath))::text[], \(counts.map(\.key.day))::text[],
                \(counts.map(\.key.measure.rawValue))::smallint[], \(counts.map(\.key.subject))::text[],
                \(counts.map(\.value))::bigint[])
            ON CONFLICT (office_path, day, measure, subject)
            DO UPDATE SET amount = activity.amount + excluded.amount
            """
    }

    /// All counts as they stand.
    static func stored(in connection: PostgresConnection) async throws -> [ActivityKey: Int64] {
        let rows = try await connection.query(
            "SELECT office_path, day, measure, subject, amount FROM kpi.activity WHERE amount <> 0")
        return Dictionary(try counts(rows), uniquingKeysWith: +)
    }

    /// Counts that the scope of the transaction shows, summed over the offices below one, by day, measure and subject.
    static func visible(
        _ period: ActivityPeriod, below officePath: String, limit: Int, in connection: PostgresConnection
    ) async throws -> [(key: ActivityKey, amount: Int64)] {
        let rows = try await connection.query(
            """
            SELECT \(officePath)::text, day, measure, subject, sum(amount)::bigint
            FROM kpi.visible_activity
            WHERE day BETWEEN \(period.first) AND \(period.last) AND starts_with(office_path, \(officePath))
            GROUP BY day, measure, subject
            ORDER BY day, measure, subject COLLATE "C" LIMIT \(Int64(limit))
            """)
        return try counts(rows)
    }

    private static func counts(_ rows: [PostgresRow]) throws -> [(key: ActivityKey, amount: Int64)] {
        try rows.compactMap { row in
            let (office, day, measure, subject, amount) = try row.decode(
                String.self, String.self, Int16.self, String.self, Int64.self)
            guard let measure = ActivityMeasure(rawValue: measure) else { return nil }
            return (ActivityKey(officePath: office, day: day, measure: measure, subject: subject), amount)
        }
    }
}
