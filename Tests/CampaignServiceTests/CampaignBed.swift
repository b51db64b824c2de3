internal import CampaignService
internal import Contracts
internal import EventLog
internal import Foundation
internal import Logging
internal import Postgres
internal import ProfileService
internal import RPC
internal import RPCInProcessTransport
internal import ServiceKit
internal import TestSupport

/// The campaign service over a database of its own, beside the real profile service and snapshots from memory.
struct CampaignBed {
    /// 2026-03-02 10:00 in Shanghai: outside all quiet hours of these tests.
    static let start = Date(timeIntervalSince1970: 1_772_416_800)

    let database: PostgresConfiguration
    let administrator: PostgresPool
    let pool: PostgresPool
    let requestPool: PostgresPool
    let clock: ManualClock
    let segmentation: StubSegmentation
    let profile: ProfileV1.ProfileServiceClient
    private let profileNotifier: LogNotifier
    let bounds: CampaignBounds
    let logger: Logger

    static let maker = Principal(user: "maker", roles: ["marketer"], officePath: "/head/")
    static let checker = Principal(user: "checker", roles: ["approver"], officePath: "/head/")
    static let operatorOfAll = Principal(user: "operator", roles: ["operator", "admin", "channel"], officePath: "/")

    /// - Parameter database: nil for a fresh one of the server that all tests share.
    static func make(
        pageSize: Int = 40, snapshotPageSize: Int = 100, database given: PostgresConfiguration? = nil,
        adjusting adjust: (inout CampaignBounds) -> Void = { _ in }
    ) async throws -> CampaignBed {
        let shared: PostgresConfiguration? = given == nil ? try await TestPostgres.database() : nil
        let database = given ?? shared ?? PostgresConfiguration()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        func pool(_ user: String? = nil, size: Int = 8) -> PostgresPool {
            var settings = user.map { database.connecting(as: $0) } ?? database
            if settings.user.hasSuffix("_request") { settings = settings.forPersons }
            settings.poolSize = size
            settings.acquireTimeout = .seconds(30)
            return PostgresPool(settings, logger: logger)
        }
        let administrator = pool()
        try await Bootstrap.run(pool: administrator)
        let profilePool = pool("zhike_profile", size: 12)
        let owner = pool("zhike_campaign", size: 12)
        for (schema, pool, migrations) in [
            ("profile", profilePool, ProfileSchema.migrations), ("campaign", owner, CampaignSchema.migrations),
        ] {
            try await Migrator.migrate(pool, schema: schema, migrations: KitSchema.migrations(schema: schema))
            try await Migrator.migrate(pool, schema: schema, migrations: migrations)
        }
        var bounds = CampaignBounds()
        bounds.pageSize = pageSize
        bounds.lookInterval = .milliseconds(50)
        bounds.claimLookInterval = .milliseconds(50)
        bounds.consumer.lease = .seconds(2)
        adjust(&bounds)
        let notifier = LogNotifier(pool: profilePool, log: "profile")
        let profileDependencies = ProfileDependencies(
            pool: profilePool, requestPool: pool("zhike_profile_request", size: 2),
            clock: SystemBusinessClock(timeZone: .gmt), audit: try audit("profile"),
            pages: PageCursor(key: try ServiceKey.random(id: "p", service: "profile")), logger: logger,
            notifier: notifier)
        let profile = try InProcessChannel(router: profileRouter(profileDependencies), caller: "gateway")
        return CampaignBed(
            database: database, administrator: administrator, pool: owner,
            requestPool: pool("zhike_campaign_request"), clock: ManualClock(start),
            segmentation: StubSegmentation(pageSize: snapshotPageSize),
            profile: ProfileV1.ProfileServiceClient(profile), profileNotifier: notifier, bounds: bounds, logger: logger)
    }

    static func audit(_ service: String) throws -> AuditLog {
        AuditLog(try AuditChain(service: service, key: [UInt8](repeating: 7, count: 32)))
    }

    func dependencies() throws -> CampaignDependencies {
        CampaignDependencies(
            pool: pool, requestPool: requestPool, clock: clock, audit: try Self.audit("campaign"),
            pages: PageCursor(key: try ServiceKey.random(id: "c", service: "campaign")), logger: logger,
            segmentation: try segmentation.caller(), bounds: bounds)
    }

    /// A replica of the service. Its planner and consumer run only while `run` does.
    func replica() throws -> Replica {
        try Replica(assembleCampaign(try dependencies()))
    }

    /// Lets the profile service tell of what it logs while the body runs; without it, followers look for themselves.
    func notifying<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [profileNotifier] in try await profileNotifier.run() }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    static func options(_ principal: Principal? = maker, key: String? = nil) -> CallOptions {
        CallOptions(timeout: .seconds(30), idempotencyKey: key, principal: principal)
    }

    func count(_ sql: SQL) async throws -> Int64 {
        try await administrator.query(sql).first?.decode(0, as: Int64.self) ?? 0
    }
}

/// One process of the campaign service, within the test.
struct Replica: Sendable {
    let parts: ServiceParts
    /// As the gateway calls it.
    let client: CampaignV1.CampaignServiceClient

    init(_ parts: ServiceParts) throws {
        self.parts = parts
        client = CampaignV1.CampaignServiceClient(
            try InProcessChannel(router: parts.router ?? RPCRouter(), caller: "gateway"))
    }

    /// Runs planner, consumer and the rest while the body runs, and kills them after it.
    func running<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in parts.services { group.addTask { try await service.run() } }
            do {
                let result = try await body()
                group.cancelAll()
                try? await group.waitForAll()
                return result
            } catch {
                group.cancelAll()
                throw error
            }
        }
    }
}
