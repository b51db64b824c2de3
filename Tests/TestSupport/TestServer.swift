internal import EmbeddedPostgres

/// Starts the shared server once and copies its template for each test.
actor TestServer {
    private static let template = "zhike_template"

    private var starting: Task<EmbeddedPostgres, any Error>?
    private var last: Task<String, any Error>?
    private var count = 0

    func running() async throws -> EmbeddedPostgres {
        if let starting { return try await starting.value }
        let task = Task {
            let server = try await EmbeddedPostgres.start(isDurable: false)
            try await Self.fill(server)
            return server
        }
        starting = task
        return try await task.value
    }

    /// One at a time: Postgres refuses to copy a template that somebody else is copying at that moment.
    func makeDatabase() async throws -> String {
        count += 1
        let name = "zhike_test_\(count)"
        let before = last
        let task = Task {
            _ = await before?.result
            let server = try await running()
            try await PostgresCommand.run(
                ["CREATE DATABASE \(name) TEMPLATE \(Self.template)"], on: server, database: "postgres")
            return name
        }
        last = task
        return try await task.value
    }

    private static func fill(_ server: EmbeddedPostgres) async throws {
        try await PostgresCommand.run(
            ["CREATE DATABASE \(template)"] + TestRoles.statements, on: server, database: "postgres")
        try await PostgresCommand.run(TestRoles.schemaStatements, on: server, database: template)
    }
}
