public import Logging
public import Postgres
public import ServiceKit

/// All that the kpi service is built from; the same for `main` and for tests.
public struct KPIDependencies: Sendable {
    /// Logged in as the owner of the schema: follows the logs.
    public var pool: PostgresPool
    /// Logged in as the request role: reads reports for a person.
    public var requestPool: PostgresPool
    /// Its time zone decides what a business day is.
    public var clock: any BusinessClock
    public var logger: Logger

    public init(pool: PostgresPool, requestPool: PostgresPool, clock: any BusinessClock, logger: Logger) {
        self.pool = pool
        self.requestPool = requestPool
        self.clock = clock
        self.logger = logger
    }
}
