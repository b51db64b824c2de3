public import EventLog
public import Logging
public import Postgres
public import RPC
public import ServiceKit

/// All that the campaign service is built from; the same for `main` and for tests.
public struct CampaignDependencies: Sendable {
    /// Logged in as the owner of the schema: the planner, the consumer of the profile log, workers, imports.
    public var pool: PostgresPool
    /// Logged in as the request role: whatever is done for a person.
    public var requestPool: PostgresPool
    public var clock: any BusinessClock
    public var audit: AuditLog
    public var pages: PageCursor
    public var logger: Logger
    /// Calls to the segmentation service, which holds the snapshots.
    public var segmentation: any RPCCaller
    public var bounds: CampaignBounds

    public init(
        pool: PostgresPool, requestPool: PostgresPool, clock: any BusinessClock, audit: AuditLog, pages: PageCursor,
        logger: Logger, segmentation: any RPCCaller, bounds: CampaignBounds = CampaignBounds()
    ) {
        self.pool = pool
        self.requestPool = requestPool
        self.clock = clock
        self.audit = audit
        self.pages = pages
        self.logger = logger
        self.segmentation = segmentation
        self.bounds = bounds
    }
}

/// The bounds of the planner, the consumer and the workers' claims. The defaults are right for production; tests
/// shorten them.
public struct CampaignBounds: Sendable {
    /// How often the planner looks for work when nobody wakes it; business time moves without telling.
    public var lookInterval = Duration.milliseconds(500)
    /// How long waves stand still after the planning replica died.
    public var plannerLease = Duration.seconds(10)
    /// Customers decided in one transaction.
    public var pageSize = 400
    /// Partitions that a wave goes through at the same time.
    public var partitionsAtOnce = 3
    /// How often a waiting claim looks when nobody wakes it; another replica may have reserved.
    public var claimLookInterval = Duration.milliseconds(250)
    public var consumer = LogConsumerConfiguration()

    public init() {}
}
