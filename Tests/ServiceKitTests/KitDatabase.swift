import Contracts
import Foundation
import Logging
import Postgres
import RPC
import ServiceKit
import TestSupport

/// A bootstrapped database with the kit's tables in the schema `profile`.
struct KitDatabase {
    let configuration: PostgresConfiguration
    let administrator: PostgresPool
    let owner: PostgresPool
    let request: PostgresPool

    init(connections: Int = 24) async throws {
        var configuration = try await TestPostgres.database()
        configuration.poolSize = connections
        let logger = Logger(label: "test")
        self.configuration = configuration
        administrator = PostgresPool(configuration, logger: logger)
        owner = PostgresPool(configuration.connecting(as: "zhike_profile"), logger: logger)
        request = PostgresPool(configuration.connecting(as: "zhike_profile_request"), logger: logger)
        try await Bootstrap.run(pool: administrator)
        try await Migrator.migrate(owner, schema: "profile", migrations: KitSchema.migrations(schema: "profile"))
    }

    func count(_ sql: SQL, _ pool: PostgresPool? = nil) async throws -> Int64 {
        try await (pool ?? administrator).query(sql)[0].decode(0, as: Int64.self)
    }

    static func context(
        key: String?, user: String? = "li", caller: String = "gateway", method: String = "add"
    ) -> CallContext {
        CallContext(
            method: method, requestID: "r", idempotencyKey: key, deadline: .now + .seconds(30), caller: caller,
            principal: user.map { Principal(user: $0, roles: ["marketer"], officePath: "/head/") })
    }
}
