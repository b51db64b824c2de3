internal import EventLog
internal import Foundation
internal import Postgres
internal import RPC
internal import SegmentationDomain
internal import ServiceKit

/// What the calls of the segmentation service are made of.
struct Segmentation: Sendable {
    /// No transaction of the suite holds a snapshot longer: long ones slow down every writer of a log.
    static let longestSnapshot = Duration.seconds(5)

    /// As the owner of the schema: evaluation, which applies the office as a condition, and freezing.
    let ownerPool: PostgresPool
    /// As the role of people, under row-level security.
    let requestPool: PostgresPool
    let evaluator: any RuleEvaluator
    let clock: any BusinessClock
    let audit: AuditLog
    let cursors: PageCursor
    let idempotency: Idempotency
    let membership: MembershipLogger
    /// Machine time as all replicas have it.
    var machineTime: @Sendable () -> Date = { Date() }

    static let log = "segmentation"

    /// Suite services that may read snapshots for themselves, without a person: campaign makes its audiences of them.
    static let readingMachines: Set<String> = ["campaign"]

    /// For what a person reads, through row-level security.
    func reading(_ right: Right, _ context: CallContext) throws -> TransactionOptions {
        TransactionOptions(
            isReadOnly: true, officePath: try Gate.require(right, context).officePath,
            deadline: snapshotDeadline(context))
    }

    /// Where a read of a snapshot goes: a person's through row-level security, a suite service's own through the owner.
    func readingSnapshots(
        _ right: Right, _ context: CallContext
    ) throws -> (pool: PostgresPool, options: TransactionOptions) {
        let person = try Gate.require(right, context, orMachines: Self.readingMachines)
        let options = TransactionOptions(
            isReadOnly: true, officePath: person?.officePath, deadline: snapshotDeadline(context))
        return (person == nil ? ownerPool : requestPool, options)
    }

    /// For the owner's transactions that evaluate.
    func evaluating(_ context: CallContext) -> TransactionOptions {
        TransactionOptions(isReadOnly: true, deadline: snapshotDeadline(context))
    }

    func snapshotDeadline(_ context: CallContext) -> ContinuousClock.Instant {
        min(context.deadline, .now + Self.longestSnapshot)
    }

    /// Business time in microseconds.
    func now() async throws -> Int64 {
        try await clock.now().microseconds
    }
}
