internal import Contracts
internal import RPC
public import ServiceKit

/// Builds the segmentation service: brings its schema up to date and wires its calls.
public func buildSegmentation(_ environment: ServiceEnvironment) async throws -> ServiceParts {
    try await environment.migrate(SegmentationMigrations.all)
    let service = Segmentation(
        ownerPool: try environment.database(), requestPool: try environment.requestDatabase(),
        evaluator: SQLRuleEvaluator(), clock: try environment.clock(), audit: try environment.auditLog(),
        cursors: try environment.pageCursor(), idempotency: Idempotency(schema: environment.name),
        logger: environment.logger)
    var router = RPCRouter()
    router.register(segmentationService: SegmentationHandler(service: service))
    router.allow(SegmentationV1.SegmentationServiceMethods.all, callers: ["gateway", "zhike"])
    let snapshotReads = [
        SegmentationV1.SegmentationServiceMethods.getSnapshot.description,
        SegmentationV1.SegmentationServiceMethods.listSnapshotMembers.description,
    ]
    router.allow(snapshotReads, callers: Segmentation.readingMachines)
    return ServiceParts(
        router: router,
        services: [
            IdempotencySweeper(
                schema: environment.name, pool: try environment.database(), logger: environment.logger)
        ])
}
