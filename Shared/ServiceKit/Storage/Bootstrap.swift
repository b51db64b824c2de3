public import Postgres

/// What the database administrator does once, and may repeat: roles, schemas, the audit log, the shared clock.
public enum Bootstrap {
    /// Each has a schema of its name, a role `zhike_X` that owns it, and a role `zhike_X_request` that serves people.
    public static let services = callableServices + ["gateway", "platform"]

    /// The suite services that the others call, each with tables and an audit log of its own.
    public static let callableServices = ["profile", "segmentation", "campaign", "kpi"]

    public static func ownerRole(of service: String) -> String { "zhike_\(service)" }
    public static func requestRole(of service: String) -> String { "zhike_\(service)_request" }

    /// Creates a database where there is none of that name.
    ///
    /// - Parameter pool: of the administrator, to any other database.
    public static func createDatabase(_ name: String, pool: PostgresPool) async throws {
        let present = try await pool.query("SELECT 1 AS present FROM pg_database WHERE datname = \(name)")
        guard present.isEmpty else { return }
        do {
            _ = try await pool.execute("CREATE DATABASE \(identifier: name) ENCODING 'UTF8' TEMPLATE template0")
        } catch let error as PostgresError where error.sqlState == "42P04" || error.isUniqueViolation {
            // Somebody else made it at this moment.
        }
    }

    /// Brings the database to the state that the migrations of all suite services expect.
    ///
    /// - Parameters:
    ///   - pool: of the administrator (a role that may create roles), to the database of the suite.
    ///   - passwords: by role name; roles without one can enter where the server asks for none.
    public static func run(pool: PostgresPool, passwords: [String: String] = [:]) async throws {
        try await pool.withConnection { connection in
            for role in [AuditSchema.owner] + services.flatMap({ [ownerRole(of: $0), requestRole(of: $0)] }) {
                try await create(role: role, canLogin: role != AuditSchema.owner, in: connection)
            }
        }
        let statements =
            schemaStatements + PlatformSchema.statements(services: services)
            + AuditSchema.statements(services: services)
        try await pool.transaction { connection in
            // Repeated at the same time by two administrators, CREATE IF NOT EXISTS would collide.
            _ = try await connection.query("SELECT pg_advisory_xact_lock(\(lockKey))")
            for (role, password) in passwords.sorted(by: { $0.key < $1.key }) {
                try await set(password: password, of: role, in: connection)
            }
            for statement in statements {
                _ = try await connection.execute(SQL(unsafeSQL: statement))
            }
            _ = try await connection.execute(AuditSchema.beginnings(services: services))
        }
    }

    /// "zhike" in ASCII; an arbitrary number that nobody else uses.
    private static let lockKey: Int64 = 0x7A_68_69_6B_65

    private static var schemaStatements: [String] {
        ["REVOKE CREATE ON SCHEMA public FROM PUBLIC"]
            + services.flatMap { service in
                [
                    "CREATE SCHEMA IF NOT EXISTS \(service) AUTHORIZATION \(ownerRole(of: service))",
                    "GRANT USAGE ON SCHEMA \(service) TO \(requestRole(of: service))",
                ]
            }
    }

    /// Roles belong to the whole server, so that another database's bootstrap may be there first.
    private static func create(role: String, canLogin: Bool, in connection: PostgresConnection) async throws {
        let login = canLogin ? "LOGIN" : "NOLOGIN"
        do {
            _ = try await connection.execute(SQL(unsafeSQL: "CREATE ROLE \(role) \(login)"))
        } catch let error as PostgresError where error.sqlState == "42710" || error.isUniqueViolation {
            // It is there.
        }
    }

    /// A password cannot be bound in ALTER ROLE, so it goes through a setting of this transaction.
    private static func set(password: String, of role: String, in connection: PostgresConnection) async throws {
        _ = try await connection.query(
            "SELECT set_config('zhike.password', \(password), true), set_config('zhike.role', \(role), true)")
        _ = try await connection.execute(
            """
            DO $$ BEGIN
                EXECUTE format('ALTER ROLE %I PASSWORD %L',
                    current_setting('zhike.role'), current_setting('zhike.password'));
            END $$
            """)
    }
}
