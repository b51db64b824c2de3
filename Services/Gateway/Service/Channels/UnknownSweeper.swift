internal import Contracts
internal import Logging
internal import RPC
internal import ServiceLifecycle

/// Asks the channel's status address for deliveries whose outcome nobody knows, and reports what it learns. It never
/// sends anything again.
struct UnknownSweeper: Sendable {
    private let channel: ChannelConfiguration
    private let campaign: CampaignV1.CampaignServiceClient
    private let http: ChannelClient
    private let reporter: DeliveryReporter
    private let interval: Duration
    private let log: Logger

    /// Pages of one sweep; the next one goes on behind them.
    private static let pageLimit = 10
    private static let longestWait: Duration = .seconds(600)

    /// When a delivery was first seen here as unknown, and when it is to be asked about next. Machine time: the
    /// channel's own clock does not follow ours.
    private struct Asked {
        let firstSeen: ContinuousClock.Instant
        var next: ContinuousClock.Instant
        var wait: Duration
    }

    init(
        _ channel: ChannelConfiguration, _ campaign: CampaignV1.CampaignServiceClient, _ http: ChannelClient,
        _ reporter: DeliveryReporter, intervalMilliseconds: Int, log: Logger
    ) {
        self.channel = channel
        self.campaign = campaign
        self.http = http
        self.reporter = reporter
        interval = .milliseconds(intervalMilliseconds)
        self.log = log
    }

    /// One round through all that is unknown, which may take several sweeps: however many deliveries a channel never tells
    /// of, those behind them are asked about too.
    private struct Round {
        var asked: [Int64: Asked] = [:]
        /// Of those that this round has come by; the others are known by its end.
        var seen: [Int64: Asked] = [:]
        var cursor = ""

        mutating func beginAgain(isComplete: Bool) {
            asked = isComplete ? seen : asked.merging(seen) { $1 }
            seen = [:]
            cursor = ""
        }
    }

    func run() async {
        guard !channel.statusURL.isEmpty else { return }
        var round = Round()
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await cancelWhenGracefulShutdown { try? await Task.sleep(for: interval) }
            guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
            do {
                try await sweep(&round)
            } catch {
                round.beginAgain(isComplete: false)
                log.warning("Unknown deliveries could not be listed", metadata: ["error": "\(error)"])
            }
        }
    }

    private func sweep(_ round: inout Round) async throws {
        for _ in 0..<Self.pageLimit {
            let page = try await campaign.listDeliveries(
                CampaignV1.ListDeliveriesRequest(
                    state: "unknown", channel: channel.name, pageCursor: round.cursor))
            for delivery in page.deliveries {
                let now = ContinuousClock.now
                var entry =
                    round.asked[delivery.deliveryID] ?? Asked(firstSeen: now, next: now, wait: interval)
                if entry.next <= now {
                    await ask(delivery, unknownSince: entry.firstSeen)
                    entry.next = now.advanced(by: entry.wait)
                    entry.wait = min(entry.wait * 2, Self.longestWait)
                }
                round.seen[delivery.deliveryID] = entry
                if Task.isShuttingDownGracefully { return }
            }
            round.cursor = page.nextPageCursor
            if round.cursor.isEmpty { return round.beginAgain(isComplete: true) }
        }
    }

    private func ask(_ delivery: CampaignV1.Delivery, unknownSince: ContinuousClock.Instant) async {
        // A question may be broken off at any time; a stop does not wait for an address that hangs.
        let wasReceived = await cancelWhenGracefulShutdown { await http.status(of: delivery.dedupeKey) }
        switch wasReceived {
        case true: reporter.settle(delivery, wasReceived: true)
        // A post that was cut off may still be on its way within the channel; only later is "not taken" final.
        case false where unknownSince.duration(to: .now) >= .milliseconds(channel.settleMilliseconds):
            reporter.settle(delivery, wasReceived: false)
        default: break
        }
    }
}
