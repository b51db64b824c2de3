import Foundation
import Logging
import Postgres
import ServiceKit
import TestSupport
import Testing

@Suite("the bootstrap of a database")
struct BootstrapTests {
    private func administrator() async throws -> PostgresPool {
        PostgresPool(try await TestPostgres.database(), logger: Logger(label: "test"))
    }

    @Test("it can be repeated, also by two at once, and changes nothing more")
    func repeated() async throws {
        let pool = try await administrator()
        async let first: Void = Bootstrap.run(pool: pool)
        async let second: Void = Bootstrap.run(pool: pool)
        _ = try await (first, second)
        try await Bootstrap.run(pool: pool)
        let heads = try await pool.query("SELECT count(*) FROM audit.head")
        #expect(try heads[0].decode(0, as: Int64.self) == Int64(Bootstrap.services.count))
    }

    @Test("the roles and schemas of test databases are those of the bootstrap")
    func testRoles() async throws {
        #expect(TestRoles.services == Bootstrap.services)
        let described: SQL = """
            SELECT string_agg(n.nspname || ' of ' || r.rolname || ' ' || coalesce(n.nspacl::text, ''), E'\\n' ORDER BY 1)
            FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner WHERE r.rolname LIKE 'zhike%'
              AND n.nspname <> 'audit'
            """
        let pool = try await administrator()
        let before = try await pool.query(described)[0].decode(0, as: String.self)
        let empty = "made_\(UUID().uuidString.prefix(8).lowercased())"
        try await Bootstrap.createDatabase(empty, pool: pool)
        try await Bootstrap.createDatabase(empty, pool: pool)
        var configuration = pool.configuration
        configuration.database = empty
        let made = PostgresPool(configuration, logger: Logger(label: "test"))
        try await Bootstrap.run(pool: made)
        // The grants of the clock come with the bootstrap alone.
        let platform = try await made.query("SELECT has_schema_privilege('zhike_kpi_request', 'platform', 'USAGE')")
        #expect(try platform[0].decode(0, as: Bool.self))
        try await made.execute(
            SQL(
                unsafeSQL: "REVOKE USAGE ON SCHEMA platform FROM "
                    + Bootstrap.services.filter { $0 != "platform" }
                    .flatMap { ["zhike_\($0)", "zhike_\($0)_request"] }.joined(separator: ", ")))
        #expect(try await made.query(described)[0].decode(0, as: String.self) == before)
    }

    @Test("passwords are set, whatever stands in them")
    func passwords() async throws {
        let pool = try await administrator()
        try await Bootstrap.run(pool: pool, passwords: ["zhike_gateway_request": "it's; \\ \"so\""])
        let rows = try await pool.query(
            "SELECT rolpassword LIKE 'SCRAM%' FROM pg_authid WHERE rolname = 'zhike_gateway_request'")
        #expect(try rows[0].decode(0, as: Bool.self))
    }

    @Test("an owner cannot write into another service's schema, nor a request role make tables in its own")
    func separation() async throws {
        let pool = try await administrator()
        for (role, statement): (String, SQL) in [
            ("zhike_profile", "CREATE TABLE campaign.x (id bigint)"),
            ("zhike_profile_request", "CREATE TABLE profile.x (id bigint)"),
            ("zhike_profile", "CREATE TABLE public.x (id bigint)"),
        ] {
            let other = PostgresPool(pool.configuration.connecting(as: role), logger: Logger(label: "test"))
            let error = await #expect(throws: PostgresError.self) { try await other.execute(statement) }
            #expect(error?.sqlState == "42501")
        }
    }
}
