internal import EventLog
internal import Foundation
public import ServiceKit

/// Puts the segmentation service together: the same for `main` and for tests.
public func buildSegmentation(_ environment: ServiceEnvironment) async throws -> ServiceParts {
    try await environment.migrate(SegmentationMigrations.all)
    let pool = try environment.database()
    let notifier = LogNotifier(pool: pool, log: Segmentation.log)
    let membership = MembershipLogger(
        MembershipLog(pool: pool, notifier: notifier), logger: environment.logger)
    let segmentation = Segmentation(
        ownerPool: pool, requestPool: try environment.requestDatabase(), evaluator: SQLRuleEvaluator(),
        clock: try environment.clock(), audit: try environment.auditLog(), cursors: try environment.pageCursor(),
        idempotency: Idempotency(schema: environment.name), membership: membership)
    environment.readiness.add(
        ReadinessCheck("what profile publishes") {
            do {
                _ = try await pool.withConnection { try await ProfileReader.dictionary(zone: .gmt, in: $0) }
                return nil
            } catch {
                return "the customers cannot be read; start profile, which makes their tables"
            }
        })
    let sweeper = IdempotencySweeper(schema: environment.name, pool: pool, logger: environment.logger)
    return ServiceParts(router: segmentationRouter(segmentation), services: [notifier, membership, sweeper])
}
