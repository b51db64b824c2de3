/// The login roles and schemas of `ServiceKit`'s bootstrap, for tests of what lies below ServiceKit.
///
/// `BootstrapTests` holds the two equal.
public enum TestRoles {
    public static let services = ["profile", "segmentation", "campaign", "kpi", "gateway", "platform"]

    static var statements: [String] {
        services.flatMap { ["CREATE ROLE zhike_\($0) LOGIN", "CREATE ROLE zhike_\($0)_request LOGIN"] }
    }

    static var schemaStatements: [String] {
        ["REVOKE CREATE ON SCHEMA public FROM PUBLIC"]
            + services.flatMap {
                [
                    "CREATE SCHEMA \($0) AUTHORIZATION zhike_\($0)",
                    "GRANT USAGE ON SCHEMA \($0) TO zhike_\($0)_request",
                ]
            }
    }
}
