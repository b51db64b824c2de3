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

    /// Pages of one sweep; what lies beyond comes when these are known.
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

    func run() async {
        guard !channel.statusURL.isEmpty else { return }
        var asked: [Int64: Asked] = [:]
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await cancelWhenGracefulShutdown { try? await Task.sleep(for: interval) }
            guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
            do {
                asked = try await sweep(asked)
            } catch {
                log.warning("Unknown deliveries could not be listed", metadata: ["error": "\(error)"])
            }
        }
    }

    /// One round; gives back what is known of those that are still unknown.
    private func sweep(_ before: [Int64: Asked]) async throws -> [Int64: Asked] {
        var after: [Int64: Asked] = [:]
        let request = CampaignV1.ListDeliveriesRequest(state: "unknown", channel: channel.name)
        var pages = 0
        for try await page in campaign.listDeliveriesPages(request) {
            for delivery in page.deliveries {
                let now = ContinuousClock.now
                var entry = before[delivery.deliveryID] ?? Asked(firstSeen: now, next: now, wait: interval)
                if entry.next <= now {
                    await ask(delivery, unknownSince: entry.firstSeen)
                    entry.next = now.advanced(by: entry.wait)
                    entry.wait = min(entry.wait * 2, Self.longestWait)
                }
                after[delivery.deliveryID] = entry
                if Task.isShuttingDownGracefully { return after }
            }
            pages += 1
            if pages == Self.pageLimit { break }
        }
        return after
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
