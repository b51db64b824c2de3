public import Postgres

extension ServiceEnvironment {
    /// Brings our own schema up to date: what every suite service has, then its own.
    public func migrate(_ migrations: [Migration]) async throws {
        let pool = try database()
        let applied =
            try await Migrator.migrate(pool, schema: name, migrations: KitSchema.migrations(schema: name))
            + Migrator.migrate(pool, schema: name, migrations: migrations)
        logger.info("schema is up to date", metadata: ["applied": "\(applied.count)"])
    }
}
