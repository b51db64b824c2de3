internal import CampaignDomain
internal import Contracts
internal import EventLog
internal import Foundation
internal import Postgres
internal import RPC
internal import ServiceKit
internal import Synchronization

extension CampaignHandler {
    private static var claimLimit: Int { 500 }
    private static var reportLimit: Int { 500 }
    private static var deliveriesAtOnce: Int { 500 }
    /// A claim is answered this long before its deadline, so that the answer arrives: what it hands out would else be
    /// with nobody until its lease lapses.
    private static var claimMargin: Duration { .milliseconds(300) }

    func claimDeliveries(
        _ request: CampaignV1.ClaimDeliveriesRequest, context: CallContext
    ) async throws -> CampaignV1.ClaimDeliveriesResponse {
        try requireMachine(context)
        let order = try Self.order(request)
        leases.note(order.lease, of: order.channel)
        let end = context.deadline - Self.claimMargin
        // Nothing is handed out in an answer that may come too late.
        while ContinuousClock.now < end {
            // Read before looking, so that what is reserved meanwhile ends the wait.
            let generation = signal.generation
            let (response, refused) = try await claim(order, request, context, before: end)
            // With a key the first answer counts, for it is stored.
            guard response.deliveries.isEmpty, context.idempotencyKey == nil else {
                logger.debug(
                    "deliveries handed out",
                    metadata: [
                        "worker": "\(request.worker)", "channel": "\(order.channel)",
                        "deliveries": "\(response.deliveries.count)",
                    ])
                return response
            }
            // Behind those who opted out meanwhile there may be others who did not.
            if refused > 0 { continue }
            guard request.wait else { return response }
            await signal.wait(after: generation, atMost: min(end - .now, dependencies.bounds.claimLookInterval))
            try Task.checkCancellation()
        }
        return CampaignV1.ClaimDeliveriesResponse()
    }

    private func claim(
        _ order: DeliveryClaims.Order, _ request: CampaignV1.ClaimDeliveriesRequest, _ context: CallContext,
        before end: ContinuousClock.Instant
    ) async throws -> (response: CampaignV1.ClaimDeliveriesResponse, refused: Int) {
        let now = try await clock.now()
        let refused = Mutex(0)
        var response = try await idempotency.run(
            context, request, pool: pool, options: TransactionOptions(deadline: end)
        ) { connection in
            let result = try await claims.claim(order, now: now, in: connection)
            refused.withLock { $0 = result.refused }
            return CampaignV1.ClaimDeliveriesResponse(
                deliveries: result.claimed.map { CampaignV1.Delivery($0, at: now) })
        }
        if context.idempotencyKey != nil {
            response.deliveries = try await stillClaimed(response.deliveries, before: end)
        }
        let count = refused.withLock { $0 }
        // A contact that leaves is logged when its worker reports; a refusal is logged now.
        if count > 0 { notifier.signal() }
        return (response, count)
    }

    /// Those of a stored answer whose claim still runs: a lease that is over, or was reported on, does not come back with
    /// the key.
    private func stillClaimed(
        _ deliveries: [CampaignV1.Delivery], before end: ContinuousClock.Instant
    ) async throws -> [CampaignV1.Delivery] {
        guard !deliveries.isEmpty else { return [] }
        let places = deliveries.map { (partition: Int16(clamping: $0.partition), deliveryID: $0.deliveryID) }
        let claimed = try await pool.withConnection(deadline: end) {
            try await OpenContactStorage.claimed(places, machineNow: Date(), in: $0)
        }
        return deliveries.filter { claimed[$0.deliveryID] == $0.fencingToken }
    }

    private static func order(_ request: CampaignV1.ClaimDeliveriesRequest) throws -> DeliveryClaims.Order {
        guard Names.isPlain(request.channel) else { throw CampaignFailure.missing(field: "channel") }
        guard (1...Int32(claimLimit)).contains(request.limit) else {
            throw CampaignFailure.tooMany(field: "limit", limit: claimLimit)
        }
        guard (1_000...600_000).contains(request.leaseMilliseconds) else {
            throw RPCError(
                .invalidArgument, "Ask for a lease of one second to ten minutes.", field: "lease_milliseconds")
        }
        return DeliveryClaims.Order(
            channel: request.channel, limit: Int(request.limit), lease: .milliseconds(request.leaseMilliseconds),
            isRepeatable: request.deduplicates)
    }

    func reportDeliveries(
        _ request: CampaignV1.ReportDeliveriesRequest, context: CallContext
    ) async throws -> CampaignV1.ReportDeliveriesResponse {
        try Gate.require(.handleDeliveries, context, orMachines: Self.machines)
        guard (1...Self.reportLimit).contains(request.reports.count) else {
            throw CampaignFailure.tooMany(field: "reports", limit: Self.reportLimit)
        }
        let taken = try request.reports.enumerated().map { try DeliveryReports.Report($0.element, at: $0.offset) }
        // A person reports on what the person may see; a worker on what it claimed.
        let visible = context.principal == nil ? nil : try await visible(taken, context)
        let now = try await clock.now()
        let response = try await ownChange(context, request) { connection in
            let allowed = visible.map { visible in taken.filter { visible.contains($0.deliveryID) } } ?? taken
            var answers = try await reports.take(
                allowed, onlyUnknown: context.principal != nil, now: now, in: connection
            ).makeIterator()
            return CampaignV1.ReportDeliveriesResponse(
                results: taken.enumerated().map { index, report in
                    let isAllowed = visible?.contains(report.deliveryID) ?? true
                    return CommonV1.ItemResult(isAllowed ? answers.next() ?? .unknown : .unknown, at: index)
                })
        }
        // What was not taken may be due again at once.
        if taken.contains(where: \.outcome.mayFollow) { signal.signal() }
        return response
    }

    private func visible(_ reports: [DeliveryReports.Report], _ context: CallContext) async throws -> Set<Int64> {
        try await read(context) {
            try await DeliveryListing.visible(reports.map { ($0.partition, $0.deliveryID) }, in: $0)
        }
    }

    func listDeliveries(
        _ request: CampaignV1.ListDeliveriesRequest, context: CallContext
    ) async throws -> CampaignV1.ListDeliveriesResponse {
        try Gate.require(.handleDeliveries, context, orMachines: Self.machines)
        guard let state = DeliveryState(rawValue: request.state), state != .held, state != .refused else {
            throw CampaignFailure.unknownState
        }
        let cursor = ListCursor(
            dependencies.pages, context, subject: "\(state.rawValue)\n\(request.campaignID)\n\(request.channel)")
        let place = try cursor.numbers(request.pageCursor)
        let filter = DeliveryListing.Filter(state: state, campaignID: request.campaignID, channel: request.channel)
        let deliveries = try await read(context) {
            try await DeliveryListing.list(
                filter, after: (place?.first ?? -1, place?.last ?? 0), limit: Self.deliveriesAtOnce + 1, in: $0)
        }
        let page = try Page(deliveries, limit: Self.deliveriesAtOnce) { CampaignV1.Delivery($0) }
        return CampaignV1.ListDeliveriesResponse(
            deliveries: page.messages,
            nextPageCursor: page.last.map { cursor.sign([Int64($0.partition), $0.deliveryID]) } ?? "")
    }

    private func requireMachine(_ context: CallContext) throws(RPCError) {
        guard context.principal == nil, Self.machines.contains(context.caller) else {
            throw RPCError(
                .permissionDenied, "Deliveries are claimed by channel workers, not by people.", notExecuted: true)
        }
    }
}
