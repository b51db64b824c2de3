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
    try await environment.migrate(KPISchema.migrations)
    let dependencies = KPIDependencies(
        pool: try environment.database(), requestPool: try environment.requestDatabase(),
        clock: try environment.clock(), logger: environment.logger)
    return kpiParts(dependencies)
}

/// The follower of campaign.log, the methods of the kpi service and who may call them.
public func kpiParts(_ dependencies: KPIDependencies) -> ServiceParts {
    let days = BusinessDay(timeZone: dependencies.clock.timeZone)
    let consumer = campaignConsumer(dependencies, days)
    let verification = Verification(pool: dependencies.pool, consumer: consumer.name, days: days)
    var router = RPCRouter()
    router.register(
        kpiService: KPIHandler(dependencies: dependencies, consumer: consumer, verification: verification))
    router.allow(KPIV1.KPIServiceMethods.all, callers: ["gateway", "zhike"])
    return ServiceParts(router: router, services: [consumer])
}

private func campaignConsumer(_ dependencies: KPIDependencies, _ days: BusinessDay) -> LogConsumer {
    let follower = CampaignFollower(days: days)
    return LogConsumer(
        name: "kpi", log: "campaign", ownSchema: "kpi", pool: dependencies.pool
    ) { batch, connection in
        for slice in batch.slices {
            let entries = slice.entries.map { entry in
                RawEntry(
                    offset: entry.offset, customerID: entry.customerID, kind: entry.kind, occurredAt: entry.occurredAt,
                    body: entry.body ?? [])
            }
            try await follower.apply(partition: slice.partition, entries, in: connection)
        }
    }
}
