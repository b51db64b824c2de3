/// What all suite services share in the database: the row of simulated business time.
enum PlatformSchema {
    /// Run by the administrator; repeatable.
    static func statements(services: [String]) -> [String] {
        [
            """
            CREATE TABLE IF NOT EXISTS platform.clock (
                only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
                now_is timestamptz NOT NULL)
            """,
            "ALTER TABLE platform.clock OWNER TO zhike_platform",
        ]
            + services.flatMap { service in
                [
                    "GRANT USAGE ON SCHEMA platform TO zhike_\(service), zhike_\(service)_request",
                    "GRANT SELECT ON platform.clock TO zhike_\(service), zhike_\(service)_request",
                ]
            }
    }
}
