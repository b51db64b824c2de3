internal import Foundation
internal import Postgres
internal import ServiceKit

/// What a database says about itself.
struct DatabaseState: Sendable {
    struct Schema: Sendable, Hashable {
        var name: String
        /// Applied steps; 0 where the suite service has never started against this database.
        var migrations: Int64
        var newest: String
    }

    /// Such as 15.8.
    var version: String
    var versionNumber: Int
    /// In the order of the suite services; a schema that is missing is not in it.
    var schemas: [Schema]
    /// Roles of the suite that are missing.
    var missingRoles: [String]
    /// How far the server's clock is ahead of ours.
    var secondsAhead: TimeInterval
    /// Simulated business time, where there is one.
    var businessTime: Date?

    static func read(_ pool: PostgresPool, services: [String]) async throws -> DatabaseState {
        try await pool.withConnection { connection in
            let before = Date()
            let answer = try await connection.query(
                """
                SELECT current_setting('server_version'), current_setting('server_version_num')::bigint,
                    clock_timestamp()
                """
            )
            let between = before.addingTimeInterval(Date().timeIntervalSince(before) / 2)
            let (version, number, moment) = try answer[0].decode((String, Int64, Date).self)
            let present = try await connection.query(
                "SELECT nspname::text FROM pg_namespace WHERE nspname = ANY(\(services))"
            ).map { try $0.decode(String.self) }
            var schemas: [Schema] = []
            for service in services where present.contains(service) {
                schemas.append(try await schema(service, in: connection))
            }
            return DatabaseState(
                version: version, versionNumber: Int(number), schemas: schemas,
                missingRoles: try await missingRoles(services, in: connection),
                secondsAhead: moment.timeIntervalSince(between),
                businessTime: try await businessTime(in: connection))
        }
    }

    private static func schema(_ name: String, in connection: PostgresConnection) async throws -> Schema {
        let hasTable = try await connection.query("SELECT to_regclass(\(name + ".migration"))::text")
        guard try hasTable.first?.decode(String?.self) != nil else {
            return Schema(name: name, migrations: 0, newest: "")
        }
        let rows = try await connection.query(
            """
            SELECT count(*), coalesce(max(name) FILTER (WHERE name ~ '^[0-9]'), max(name), '')
            FROM \(identifier: name).migration
            """)
        let (count, newest) = try rows[0].decode((Int64, String).self)
        return Schema(name: name, migrations: count, newest: newest)
    }

    private static func missingRoles(_ services: [String], in connection: PostgresConnection) async throws -> [String] {
        let wanted = services.flatMap { [Bootstrap.ownerRole(of: $0), Bootstrap.requestRole(of: $0)] }
        let present = try await connection.query("SELECT rolname::text FROM pg_roles WHERE rolname = ANY(\(wanted))")
        let names: [String] = try present.map { try $0.decode(String.self) }
        return wanted.filter { !names.contains($0) }
    }

    private static func businessTime(in connection: PostgresConnection) async throws -> Date? {
        let table = try await connection.query("SELECT to_regclass('platform.clock')::text")
        guard try table.first?.decode(String?.self) != nil else { return nil }
        return try await connection.query("SELECT now_is FROM platform.clock").first?.decode(Date.self)
    }
}
