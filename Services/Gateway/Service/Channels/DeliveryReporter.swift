internal import Contracts
internal import Logging
internal import RPC

/// Reports what became of deliveries, in batches: a report waits at the longest while the one before it is under way.
final class DeliveryReporter: Sendable {
    private let campaign: CampaignV1.CampaignServiceClient
    private let log: Logger
    /// Bounded by the permits of the worker: each outstanding delivery is reported once.
    private let gathered = GatheredReports()
    /// Told how many deliveries of the worker were handed over, or given up.
    private let handedOver: @Sendable (Int) -> Void

    private static let batchLimit = 200
    /// After a small batch, so that the next is worth its transaction; nobody waits for it, the lease is many seconds long.
    private static let rest: Duration = .milliseconds(25)
    private static let smallBatch = 8
    /// A report that cannot be handed over for so long is given up: the claim has lapsed, and the delivery is unknown.
    private static let patience: Duration = .seconds(120)

    init(
        _ campaign: CampaignV1.CampaignServiceClient, log: Logger,
        handedOver: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.campaign = campaign
        self.log = log
        self.handedOver = handedOver
    }

    /// What became of a delivery that the worker has.
    func report(_ delivery: CampaignV1.Delivery, _ verdict: PostVerdict) {
        var report = CampaignV1.DeliveryReport(
            deliveryID: delivery.deliveryID, fencingToken: delivery.fencingToken, partition: delivery.partition)
        switch verdict {
        case .sent: report.outcome = .sent
        case .postAgain(let reason, let milliseconds, let isInDoubt):
            report.outcome = isInDoubt ? .doubtful : .notTaken
            report.reason = reason
            report.retryAfterMilliseconds = Int64(milliseconds)
        case .refused(let reason, _):
            report.outcome = .refused
            report.reason = reason
        case .unknown(let reason):
            report.outcome = .unknown
            report.reason = reason
        }
        gathered.add(GatheredReports.One(report: report, isClaimed: true))
    }

    /// A delivery that the worker has was not posted: it is another's, as if nobody had had it.
    func giveBack(_ delivery: CampaignV1.Delivery, reason: String) {
        let report = CampaignV1.DeliveryReport(
            deliveryID: delivery.deliveryID, fencingToken: delivery.fencingToken, outcome: .notPosted, reason: reason,
            partition: delivery.partition)
        gathered.add(GatheredReports.One(report: report, isClaimed: true))
    }

    /// The channel was asked about a delivery whose outcome nobody knew.
    func settle(_ delivery: CampaignV1.Delivery, wasReceived: Bool) {
        let report = CampaignV1.DeliveryReport(
            deliveryID: delivery.deliveryID, fencingToken: delivery.fencingToken,
            outcome: wasReceived ? .sent : .notReceived, reason: wasReceived ? "" : "not_received",
            partition: delivery.partition)
        gathered.add(GatheredReports.One(report: report, isClaimed: false))
    }

    /// No more reports come; `run` ends when those there are have been handed over.
    func finish() {
        gathered.finish()
    }

    func run() async {
        while let batch = await gathered.next(upTo: Self.batchLimit) {
            await send(batch.map(\.report))
            handedOver(batch.count { $0.isClaimed })
            if batch.count < Self.smallBatch { try? await Task.sleep(for: Self.rest) }
        }
    }

    private func send(_ batch: [CampaignV1.DeliveryReport]) async {
        let giveUp = ContinuousClock.now.advanced(by: Self.patience)
        var wait = Duration.milliseconds(100)
        while true {
            do {
                let reply = try await campaign.reportDeliveries(CampaignV1.ReportDeliveriesRequest(reports: batch))
                let refused = reply.results.count { $0.status == .refused }
                if refused > 0 {
                    log.notice("Reports came too late", metadata: ["count": "\(refused)"])
                }
                return
            } catch {
                guard ContinuousClock.now < giveUp, !Task.isCancelled else {
                    log.error("Reports were given up", metadata: ["count": "\(batch.count)", "error": "\(error)"])
                    return
                }
                try? await Task.sleep(for: wait)
                wait = min(wait * 2, .seconds(5))
            }
        }
    }
}
