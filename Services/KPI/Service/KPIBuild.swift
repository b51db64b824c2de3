internal import Contracts
internal import EventLog
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

/// The followers of the three logs, the methods of the kpi service and who may call them.
public func kpiParts(_ dependencies: KPIDependencies) -> ServiceParts {
    let days = BusinessDay(timeZone: dependencies.clock.timeZone)
    let followers = KPIFollowers(dependencies, days)
    let name = KPIFollowers.name
    let watch = DeadLetterWatch(pool: dependencies.pool, consumer: name, pause: .seconds(5))
    var router = RPCRouter()
    router.register(
        kpiService: KPIHandler(
            dependencies: dependencies, followers: followers,
            verification: Verification(pool: dependencies.pool, consumer: name, days: days),
            activityVerification: ActivityVerification(pool: dependencies.pool, consumer: name, days: days),
            days: days))
    router.allow(KPIV1.KPIServiceMethods.all, callers: ["gateway", "zhike"])
    return ServiceParts(router: router, services: followers.all + [watch])
}
