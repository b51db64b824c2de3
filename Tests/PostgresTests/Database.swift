import Logging
import Postgres
import TestSupport

/// A pool on a fresh database, closed after use.
func withPool<R>(
    size: Int = 8, statementLimit: Int = 256, maximumWaiters: Int = 1024, acquireTimeout: Duration = .seconds(10),
    _ body: (PostgresPool) async throws -> R
) async throws -> R {
    var configuration = try await TestPostgres.database()
    configuration.poolSize = size
    configuration.preparedStatementLimit = statementLimit
    configuration.maximumWaiters = maximumWaiters
    configuration.acquireTimeout = acquireTimeout
    return try await withPool(configuration, body)
}

func withPool<R>(_ configuration: PostgresConfiguration, _ body: (PostgresPool) async throws -> R) async throws -> R {
    let pool = PostgresPool(configuration, logger: Logger(label: "postgres-tests"))
    do {
        let result = try await body(pool)
        await pool.close()
        return result
    } catch {
        await pool.close()
        throw error
    }
}

/// The error that `body` throws, if it is one of Postgres.
func postgresError(_ body: () async throws -> Void) async -> PostgresError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}
