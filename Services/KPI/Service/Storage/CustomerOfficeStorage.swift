internal import EventLog
internal import Postgres

/// The office of each customer, as far as profile.log was counted.
enum CustomerOfficeStorage {
    static func offices(
        of customers: Set<Int64>, in connection: PostgresConnection
    ) async throws -> [Int64: String] {
        guard !customers.isEmpty else { return [:] }
        let keys = Array(customers)
        // The lookup stands in a query of its own: it goes through the key however small the table was when planned.
        let rows = try await connection.query(
            """
            SELECT i.customer_id, f.office_path
            FROM unnest(\(keys.map { LogPartition.of(customerID: $0) })::smallint[], \(keys)::bigint[])
                AS i(partition, customer_id)
            CROSS JOIN LATERAL (
                SELECT o.office_path FROM kpi.customer_office o
                WHERE o.partition = i.partition AND o.customer_id = i.customer_id
                OFFSET 0
            ) f
            """)
        return Dictionary(
            try rows.map { try $0.decode(Int64.self, String.self) }, uniquingKeysWith: { first, _ in first })
    }

    static func putStatement(_ offices: [Int64: String]) -> SQL {
        let sorted = offices.sorted { $0.key < $1.key }
        return """
            INSERT INTO kpi.customer_office (partition, customer_id, office_path)
            SELECT * FROM unnest(\(sorted.map { LogPartition.of(customerID: $0.key) })::smallint[],
                \(sorted.map(\.key))::bigint[], \(sorted.map(\.value))::text[])
            ON CONFLICT (partition, customer_id) DO UPDATE SET office_path = excluded.office_path
            """
    }
}
