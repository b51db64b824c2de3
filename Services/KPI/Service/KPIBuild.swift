internal import Contracts
internal import EventLog
internal import Foundation
internal import KPIDomain
internal import Postgres
internal import RPC
public import ServiceKit
internal import ServiceLifecycle

/// Puts the kpi service together: the same for `main` and for tests.
public func buildKPI(_ environment: ServiceEnvironment) async throws -> ServiceParts {
    let pool = try environment.database(planning: .once)
    try await environment.migrate(KPISchema.migrations)
    let dependencies = KPIDependencies(
        pool: pool, requestPool: try environment.requestDatabase(),
        clock: try environment.clock(), logger: environment.logger)
    return kpiParts(dependencies)
}

/// The follower of campaign.log, the methods of the kpi service and who may call them.
public func kpiParts(_ dependencies: KPIDependencies) -> ServiceParts {
    let days = BusinessDay(timeZone: dependencies.clock.timeZone)
    let consumer = campaignConsumer(dependencies, days)
    let verification = Verification(pool: dependencies.pool, consumer: consumer.name, days: days)
    let watch = DeadLetterWatch(pool: dependencies.pool, consumer: consumer.name, pause: .seconds(5))
    var router = RPCRouter()
    router.register(
        kpiService: KPIHandler(dependencies: dependencies, consumer: consumer, verification: verification))
    router.allow(KPIV1.KPIServiceMethods.all, callers: ["gateway", "zhike"])
    return ServiceParts(router: router, services: [consumer, watch])
}

private func campaignConsumer(_ dependencies: KPIDependencies, _ days: BusinessDay) -> LogConsumer {
    let follower = CampaignFollower(days: days)
    var configuration = LogConsumerConfiguration()
    // Reports are read by people: what is a tenth of a second old is new to them, and larger batches cost less.
    configuration.rest = .milliseconds(100)
    return LogConsumer(
        name: "kpi", log: "campaign", ownSchema: "kpi", pool: dependencies.pool, configuration: configuration
    ) { batch, connection in
        let slices = batch.slices.map { slice in
            let entries = slice.entries.map { entry in
                RawEntry(
                    offset: entry.offset, customerID: entry.customerID, kind: entry.kind, occurredAt: entry.occurredAt,
                    body: entry.body ?? [])
            }
            return (slice.partition, entries)
        }
        try await follower.apply(slices, in: connection)
    }
}
