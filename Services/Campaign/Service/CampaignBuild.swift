internal import Contracts
internal import EventLog
internal import Foundation
internal import Postgres
internal import RPC
public import ServiceKit
internal import ServiceLifecycle

/// Puts the campaign service together: the same for `main` and for tests.
public func buildCampaign(_ environment: ServiceEnvironment) async throws -> ServiceParts {
    let pool = try environment.database(planning: .once)
    try await environment.migrate(CampaignSchema.migrations)
    return assembleCampaign(
        CampaignDependencies(
            pool: pool, requestPool: try environment.requestDatabase(),
            clock: try environment.clock(), audit: try environment.auditLog(), pages: try environment.pageCursor(),
            logger: environment.logger, segmentation: try environment.channel(to: "segmentation")))
}

/// The calls, the planner and the consumer of the profile log, over a schema that is up to date.
public func assembleCampaign(_ dependencies: CampaignDependencies) -> ServiceParts {
    let pool = dependencies.pool
    let notifier = LogNotifier(pool: pool, log: "campaign")
    let signal = ClaimSignal()
    let book = CampaignBook()
    let snapshots = SnapshotReader(dependencies.segmentation)
    let reservation = ContactReservation(timeZone: dependencies.clock.timeZone)
    let afterReserving: @Sendable (Int) -> Void = { reserved in
        notifier.signal()
        if reserved > 0 { signal.signal() }
    }
    let planner = Planner(
        pool: pool, audiences: AudienceLoader(pool: pool, snapshots: snapshots),
        earlyTriggers: EarlyTriggers(
            pool: pool, clock: dependencies.clock, book: book, reservation: reservation,
            afterCommit: afterReserving),
        waves: WaveRunner(
            pool: pool, clock: dependencies.clock, reservation: reservation, bounds: dependencies.bounds,
            afterCommit: afterReserving),
        housekeeping: Housekeeping(pool: pool, clock: dependencies.clock, book: book) { notifier.signal() },
        book: book, bounds: dependencies.bounds, logger: dependencies.logger)

    let wakeUps = TriggerWakeUps(didReserve: { signal.signal() }, didLog: { notifier.signal() })
    let follower = ProfileFollower(
        book: book, clock: dependencies.clock, reservation: reservation, wakeUps: wakeUps)
    let consumer = LogConsumer(
        name: "campaign", log: "profile", ownSchema: "campaign", pool: pool,
        configuration: dependencies.bounds.consumer, asking: ProfileFollower.questions, didApply: wakeUps.didCommit
    ) { batch, connection in try await follower.apply(batch, in: connection) }

    let handler = CampaignHandler(
        dependencies: dependencies, book: book, snapshots: snapshots, planner: planner, consumer: consumer,
        signal: signal, notifier: notifier)
    return ServiceParts(
        router: campaignRouter(handler),
        services: [
            notifier, consumer, planner,
            IdempotencySweeper(schema: "campaign", pool: pool, logger: dependencies.logger),
        ])
}

/// The methods of the campaign service and who may call them.
func campaignRouter(_ handler: CampaignHandler) -> RPCRouter {
    var router = RPCRouter()
    router.register(campaignService: handler)
    router.allow(CampaignV1.CampaignServiceMethods.all, callers: ["gateway", "zhike"])
    return router
}
