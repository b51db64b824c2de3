internal import CampaignDomain
internal import Contracts
internal import EventLog
internal import Foundation
internal import Logging
internal import Postgres
internal import ProtobufC
internal import RPC
internal import ServiceKit

/// Translates calls of the campaign service: decode, decide, store, encode. The methods stand in the files beside.
struct CampaignHandler: CampaignV1.CampaignServiceHandler {
    let dependencies: CampaignDependencies
    let book: CampaignBook
    let snapshots: SnapshotReader
    let planner: Planner
    let consumer: LogConsumer
    let signal: ClaimSignal
    let notifier: LogNotifier
    let claims: DeliveryClaims
    let reports: DeliveryReports
    let past: PastImport
    let leases = NewestLeases()
    let idempotency = Idempotency(schema: "campaign")

    /// Suite services that may act for themselves: the command for people and the channel worker.
    static let machines: Set<String> = ["gateway", "zhike"]

    init(
        dependencies: CampaignDependencies, book: CampaignBook, snapshots: SnapshotReader, planner: Planner,
        consumer: LogConsumer, signal: ClaimSignal, notifier: LogNotifier
    ) {
        self.dependencies = dependencies
        self.book = book
        self.snapshots = snapshots
        self.planner = planner
        self.consumer = consumer
        self.signal = signal
        self.notifier = notifier
        claims = DeliveryClaims(book: book, timeZone: dependencies.clock.timeZone)
        reports = DeliveryReports(book: book)
        past = PastImport()
    }

    var pool: PostgresPool { dependencies.pool }
    var clock: any BusinessClock { dependencies.clock }
    var logger: Logger { dependencies.logger }

    /// A person's call goes through row-level security, a suite service's own through the owner.
    func pool(for context: CallContext) -> PostgresPool {
        context.principal == nil ? dependencies.pool : dependencies.requestPool
    }

    /// Runs a change once for its key, in the scope of the call.
    func change<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ context: CallContext, _ request: Request,
        _ body: @escaping @Sendable (PostgresConnection) async throws -> Reply
    ) async throws -> Reply {
        try await idempotency.run(
            context, request, pool: pool(for: context),
            options: TransactionOptions(officePath: context.principal?.officePath, deadline: context.deadline), body)
    }

    /// The same as the owner of the schema, for what touches customers' rows; scope has been asked before.
    func ownChange<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ context: CallContext, _ request: Request,
        _ body: @escaping @Sendable (PostgresConnection) async throws -> Reply
    ) async throws -> Reply {
        let reply = try await idempotency.run(
            context, request, pool: pool, options: TransactionOptions(deadline: context.deadline), body)
        notifier.signal()
        return reply
    }

    /// A read in the scope of the call.
    func read<Value: Sendable>(
        _ context: CallContext, _ body: @Sendable (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        try await pool(for: context).transaction(
            TransactionOptions(
                isReadOnly: true, officePath: context.principal?.officePath, deadline: context.deadline), body)
    }

    static func position(_ position: LogPosition, log: String) -> CommonV1.LogPosition {
        CommonV1.LogPosition(
            log: log,
            offsets: position.offsets.sorted { $0.key < $1.key }.map {
                CommonV1.PartitionOffset(partition: Int32($0.key), offset: $0.value)
            })
    }
}
