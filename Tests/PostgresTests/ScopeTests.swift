import Logging
import Postgres
import TestSupport
import Testing

@Suite struct ScopeTests {
    /// A table of customers as the design lays it down, owned by `zhike_profile`.
    private func makeCustomers(_ owner: PostgresPool) async throws {
        for statement in [
            "CREATE TABLE profile.client (customer_id bigint PRIMARY KEY, office_path text NOT NULL)",
            "ALTER TABLE profile.client ENABLE ROW LEVEL SECURITY",
            """
            CREATE POLICY office_scope ON profile.client
                USING (starts_with(office_path, nullif(current_setting('zhike.office_path', true), '')))
            """,
            "GRANT USAGE ON SCHEMA profile TO zhike_profile_request",
            "GRANT SELECT ON profile.client TO zhike_profile_request",
            "INSERT INTO profile.client VALUES (1, '/head/east/'), (2, '/head/west/'), (3, '/head/east/one/'), (4, '/')",
        ] as [SQL] {
            try await owner.execute(statement)
        }
    }

    @Test("a request sees the customers of its office and nothing without one")
    func scope() async throws {
        let owner = try await TestPostgres.database(user: "zhike_profile")
        var request = owner.connecting(as: "zhike_profile_request")
        request.poolSize = 1
        try await withPool(owner) { try await makeCustomers($0) }
        try await withPool(request) { pool async throws in
            func seen(_ path: String?) async throws -> [Int64] {
                try await pool.transaction(TransactionOptions(isReadOnly: true, officePath: path)) { connection in
                    try await connection.query("SELECT customer_id FROM profile.client ORDER BY 1")
                        .map { try $0.decode(0, as: Int64.self) }
                }
            }
            #expect(try await seen("/head/east/") == [1, 3])
            #expect(try await seen(nil) == [])
            #expect(try await seen("/head/west/") == [2])
            #expect(try await pool.query("SELECT customer_id FROM profile.client").isEmpty)
            #expect(try await seen("/") == [1, 2, 3, 4])
            #expect(try await pool.query("SELECT customer_id FROM profile.client").isEmpty)
        }
    }
}
