public import EventLog
public import Logging
public import Postgres
public import RPC
public import ServiceKit

/// All that the profile service is built from; the same for `main` and for tests.
public struct ProfileDependencies: Sendable {
    /// Logged in as the owner of the schema: intake, imports, migrations.
    public var pool: PostgresPool
    /// Logged in as the request role: whatever is read for a person.
    public var requestPool: PostgresPool
    public var clock: any BusinessClock
    public var audit: AuditLog
    public var pages: PageCursor
    public var logger: Logger
    /// Wakes the readers of profile.log after a commit.
    public var notifier: LogNotifier

    public init(
        pool: PostgresPool, requestPool: PostgresPool, clock: any BusinessClock, audit: AuditLog, pages: PageCursor,
        logger: Logger, notifier: LogNotifier
    ) {
        self.pool = pool
        self.requestPool = requestPool
        self.clock = clock
        self.audit = audit
        self.pages = pages
        self.logger = logger
        self.notifier = notifier
    }
}
