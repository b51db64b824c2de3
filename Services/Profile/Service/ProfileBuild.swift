internal import Contracts
internal import EventLog
internal import Postgres
public import RPC
public import ServiceKit

/// Puts the profile service together: the same for `main` and for tests.
public func buildProfile(_ environment: ServiceEnvironment) async throws -> ServiceParts {
    let pool = try environment.database(planning: .once)
    try await environment.migrate(ProfileSchema.migrations)
    let notifier = LogNotifier(pool: pool, log: "profile")
    let dependencies = ProfileDependencies(
        pool: pool, requestPool: try environment.requestDatabase(), clock: try environment.clock(),
        audit: try environment.auditLog(), pages: try environment.pageCursor(), logger: environment.logger,
        notifier: notifier)
    let keys = IdempotencySweeper(schema: "profile", pool: pool, logger: environment.logger)
    let refused = RefusedItemSweeper(
        pool: pool, clock: dependencies.clock,
        retentionDays: try environment.configuration.value(ProfileSettings.refusedRetentionDays),
        logger: environment.logger)
    return ServiceParts(router: profileRouter(dependencies), services: [notifier, keys, refused])
}

/// The methods of the profile service and who may call them. The other suite services read what profile publishes.
public func profileRouter(_ dependencies: ProfileDependencies) -> RPCRouter {
    var router = RPCRouter()
    router.register(profileService: ProfileHandler(dependencies))
    router.allow(ProfileV1.ProfileServiceMethods.all, callers: ["gateway", "zhike"])
    return router
}
