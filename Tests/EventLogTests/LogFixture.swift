import EventLog
import Foundation
import Logging
import Postgres
import TestSupport

/// A database with one log, `origin`, and one schema that follows it, `follower`.
enum LogFixture {
    static let moment = Date(microseconds: 1_700_000_000_000_000)

    static func pool(size: Int = 8) async throws -> PostgresPool {
        var configuration = try await TestPostgres.database()
        configuration.poolSize = size
        let pool = PostgresPool(configuration, logger: Logger(label: "event-log-tests"))
        try await prepare(pool)
        return pool
    }

    static func prepare(_ pool: PostgresPool) async throws {
        for schema in ["origin", "follower"] { try await pool.execute("CREATE SCHEMA \(identifier: schema)") }
        try await Migrator.migrate(
            pool, schema: "origin",
            migrations: [Migration(name: "0001-log", statements: EventLogSchema.statements(schema: "origin"))])
        try await Migrator.migrate(
            pool, schema: "follower",
            migrations: [
                Migration(name: "0001-cursors", statements: EventLogSchema.consumerStatements(schema: "follower")),
                Migration(
                    name: "0002-effects",
                    text: """
                        CREATE TABLE follower.effect (
                            partition smallint NOT NULL,
                            log_offset bigint NOT NULL,
                            customer_id bigint NOT NULL,
                            dedupe_key text NOT NULL,
                            applied_by text NOT NULL,
                            sequence bigint GENERATED ALWAYS AS IDENTITY
                        );
                        """),
            ])
    }

    static func entry(customer: Int64, key: String) -> NewLogEntry {
        NewLogEntry(
            customerID: customer, kind: 1, subject: "viewed", dedupeKey: key, occurredAt: moment, recordedAt: moment,
            propertiesJSON: #"{"page": "home"}"#)
    }
}
