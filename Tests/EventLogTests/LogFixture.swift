import EventLog
import Foundation
import Logging
import Postgres
import TestSupport

/// A database with one log, `origin`, and one schema that follows it, `follower`.
enum LogFixture {
    static let moment = Date(microseconds: 1_700_000_000_000_000)

    /// What these tests provoke would fill pages.
    static var quiet: Logger {
        var logger = Logger(label: "event-log-tests")
        logger.logLevel = .critical
        return logger
    }

    static func withPool<R>(
        sessionSettings: [String: String] = [:], _ body: (PostgresPool) async throws -> R
    ) async throws -> R {
        var configuration = try await TestPostgres.database()
        configuration.sessionSettings.merge(sessionSettings) { $1 }
        let pool = PostgresPool(configuration, logger: quiet)
        do {
            try await prepare(pool)
            let result = try await body(pool)
            await pool.close()
            return result
        } catch {
            await pool.close()
            throw error
        }
    }

    static func prepare(_ pool: PostgresPool) async throws {
        for schema in ["origin", "follower"] { try await pool.execute("CREATE SCHEMA \(identifier: schema)") }
        try await Migrator.migrate(
            pool, schema: "origin",
            migrations: [Migration(name: "0001-log", statements: EventLogSchema.statements(schema: "origin"))])
        let cursors = Migration(
            name: "0001-cursors",
            statements: EventLogSchema.consumerStatements(schema: "follower")
                + EventLogSchema.readingStatements(schema: "follower", log: "origin"))
        // Nothing here refuses a second effect of the same entry: the checks would see it.
        let effects = Migration(
            name: "0002-effects",
            statements: [
                """
                CREATE TABLE follower.effect (
                    partition smallint NOT NULL,
                    log_offset bigint NOT NULL,
                    customer_id bigint NOT NULL,
                    dedupe_key text NOT NULL,
                    sequence bigint GENERATED ALWAYS AS IDENTITY
                )
                """
            ])
        try await Migrator.migrate(pool, schema: "follower", migrations: [cursors, effects])
    }

    static func entry(customer: Int64, key: String) -> NewLogEntry {
        NewLogEntry(
            customerID: customer, kind: 1, subject: "viewed", dedupeKey: key, occurredAt: moment, recordedAt: moment,
            propertiesJSON: #"{"page": "home"}"#)
    }

    /// Appends one entry for each customer.
    @discardableResult
    static func append(_ customers: [Int64], keyed prefix: String = "", to pool: PostgresPool) async throws
        -> LogPosition
    {
        let entries = customers.enumerated().map { entry(customer: $1, key: "\(prefix)\($0)") }
        let offsets = try await pool.transaction { connection in
            try await EventLogWriter(schema: "origin").append(entries, in: connection)
        }
        return LogPosition(
            offsets: Dictionary(zip(entries.map(\.partition), offsets), uniquingKeysWith: max))
    }

    /// The effect of a batch: a row for each entry.
    static let effect: LogConsumer.Handler = { batch, connection in
        try await connection.execute(
            """
            INSERT INTO follower.effect (partition, log_offset, customer_id, dedupe_key)
            SELECT * FROM unnest(\(batch.entries.map(\.partition)), \(batch.entries.map(\.offset)),
                \(batch.entries.map(\.customerID)), \(batch.entries.map { $0.dedupeKey ?? "" }))
            """)
    }

    /// A consumer that does not keep tests waiting.
    static func consumer(
        _ pool: PostgresPool, handler: @escaping LogConsumer.Handler = effect
    ) -> LogConsumer {
        var configuration = LogConsumerConfiguration()
        configuration.lease = .seconds(1)
        configuration.lookInterval = .milliseconds(100)
        configuration.retryPause = .milliseconds(5)
        return LogConsumer(
            name: "tests", log: "origin", ownSchema: "follower", pool: pool, configuration: configuration,
            handler: handler)
    }

    /// Runs consumers while `body` runs.
    static func running(_ consumers: [LogConsumer], _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for consumer in consumers { group.addTask { try await consumer.run() } }
            try await body()
            group.cancelAll()
        }
    }
}
