internal import Postgres

/// The audit log belongs to a role that nobody can log in as: suite services may append and read, and nothing else.
enum AuditSchema {
    static let owner = "zhike_audit"

    /// Run by the administrator; repeatable.
    static func statements(services: [String]) -> [String] {
        [
            "CREATE SCHEMA IF NOT EXISTS audit AUTHORIZATION \(owner)",
            """
            CREATE TABLE IF NOT EXISTS audit.entry (
                service text NOT NULL,
                sequence bigint NOT NULL,
                at timestamptz NOT NULL,
                who text NOT NULL,
                entry_right text NOT NULL,
                what text NOT NULL,
                reason text NOT NULL,
                result text NOT NULL,
                office_path text NOT NULL,
                trace_id text NOT NULL,
                code bytea NOT NULL,
                PRIMARY KEY (service, sequence))
            """,
            """
            CREATE TABLE IF NOT EXISTS audit.head (
                service text PRIMARY KEY,
                last_sequence bigint NOT NULL,
                code bytea NOT NULL)
            """,
            "ALTER TABLE audit.entry OWNER TO \(owner)",
            "ALTER TABLE audit.head OWNER TO \(owner)",
            "ALTER TABLE audit.entry ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE audit.head ENABLE ROW LEVEL SECURITY",
            "DROP POLICY IF EXISTS own_service ON audit.entry",
            "CREATE POLICY own_service ON audit.entry USING (\(condition)) WITH CHECK (\(condition))",
            "DROP POLICY IF EXISTS own_service ON audit.head",
            "CREATE POLICY own_service ON audit.head USING (\(condition)) WITH CHECK (\(condition))",
        ] + services.flatMap(grants)
    }

    /// The beginnings of the chains; those that are there stay.
    static func beginnings(services: [String]) -> SQL {
        """
        INSERT INTO audit.head (service, last_sequence, code)
        SELECT service, 0, \(AuditChain.start) FROM unnest(\(services)) AS service ON CONFLICT DO NOTHING
        """
    }

    /// A service sees its own entries alone, and for a person only within a scope.
    private static let condition = """
        service = split_part(current_user, '_', 2)
        AND (current_user NOT LIKE '%\\_request' OR length(current_setting('zhike.office_path', true)) > 0)
        """

    private static func grants(service: String) -> [String] {
        [
            "GRANT USAGE ON SCHEMA audit TO zhike_\(service), zhike_\(service)_request",
            "GRANT SELECT, INSERT ON audit.entry TO zhike_\(service)",
            "GRANT INSERT ON audit.entry TO zhike_\(service)_request",
            "GRANT SELECT, UPDATE ON audit.head TO zhike_\(service), zhike_\(service)_request",
        ]
    }
}
