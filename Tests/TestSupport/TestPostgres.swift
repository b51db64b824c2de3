public import EmbeddedPostgres
public import Postgres

/// The Postgres of a test process: one server, started when the first test asks, gone with the process.
public enum TestPostgres {
    private static let server = TestServer()

    /// The server that all tests of this process share: not to be killed. Fault tests start an `EmbeddedPostgres`.
    public static func shared() async throws -> EmbeddedPostgres {
        try await server.running()
    }

    /// A fresh database with the roles and empty schemas of all suite services.
    ///
    /// - Parameter user: a role of the bootstrap such as `zhike_profile`; without one the administrator.
    public static func database(user: String = EmbeddedPostgres.administrator) async throws -> PostgresConfiguration {
        try await PostgresConfiguration(parsing: databaseURL(user: user))
    }

    /// The same as a URL, for child processes and for several roles of one database.
    public static func databaseURL(user: String = EmbeddedPostgres.administrator) async throws -> String {
        let name = try await server.makeDatabase()
        return try await server.running().connectionURL(user: user, database: name)
    }
}

extension PostgresConfiguration {
    /// The same database as another role, such as `zhike_profile_request`.
    public func connecting(as user: String) -> PostgresConfiguration {
        var copy = self
        copy.user = user
        return copy
    }
}
