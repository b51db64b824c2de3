internal import Contracts
internal import Logging
internal import Metrics
internal import RPC
internal import ServiceLifecycle

/// Takes the deliveries of one channel from campaign, posts them, and reports what became of them.
///
/// Every channel has a worker with its own connections, permits and claims: a slow one waits for nobody but itself.
struct ChannelWorker: Sendable {
    private let channel: ChannelConfiguration
    private let campaign: CampaignV1.CampaignServiceClient
    private let http: ChannelClient
    private let reporter: DeliveryReporter
    private let sweeper: UnknownSweeper
    private let name: String
    private let log: Logger
    /// Deliveries claimed and not yet reported on.
    private let claimed: Permits
    /// Posts under way.
    private let posting: Permits
    private let pressure = SharedPressure()

    /// Real time until a claim lapses: every claimed delivery finds its turn in it, even if each post times out.
    private var leaseMilliseconds: Int { channel.timeoutMilliseconds * (Self.turns + 2) + 10_000 }
    /// A delivery claimed waits at the longest for so many others on its connection.
    private static let turns = 4
    private static let claimLimit = 500
    /// Short, so that a stop does not wait long for a claim under way, which is never cut off: what it brought would
    /// be lost until its lease lapses.
    private static let claimTimeout: Duration = .seconds(3)

    init(
        _ channel: ChannelConfiguration, _ campaign: CampaignV1.CampaignServiceClient, workerName: String,
        sweepMilliseconds: Int, log: Logger
    ) {
        self.channel = channel
        self.campaign = campaign
        self.log = log
        name = workerName
        http = ChannelClient(channel)
        let claimed = Permits(min(Self.claimLimit, channel.concurrency * Self.turns))
        self.claimed = claimed
        reporter = DeliveryReporter(campaign, log: log) { claimed.giveBack($0) }
        sweeper = UnknownSweeper(
            channel, campaign, http, reporter, intervalMilliseconds: sweepMilliseconds, log: log)
        posting = Permits(channel.concurrency)
    }

    /// Works until a graceful shutdown or cancellation; then lets the posts under way end and reports them.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.reporter.run() }
            group.addTask { await self.sweeper.run() }
            await claimAndPost()
            reporter.finish()
        }
        await http.close()
    }

    private func claimAndPost() async {
        await withDiscardingTaskGroup { posts in
            var backoff = Duration.milliseconds(100)
            while !Task.isShuttingDownGracefully, !Task.isCancelled {
                guard let free = try? await claimed.take(upTo: Self.claimLimit) else { return }
                let turn = await pressure.turn(upTo: free)
                let room = turn?.limit ?? 0
                claimed.giveBack(free - room)
                guard let turn, !Task.isShuttingDownGracefully else { return claimed.giveBack(room) }
                let started = ContinuousClock.now
                var deliveries: [CampaignV1.Delivery] = []
                do {
                    deliveries = try await claim(room)
                    backoff = .milliseconds(100)
                } catch {
                    log.warning("Claiming deliveries failed", metadata: ["error": "\(error)"])
                    await pause(backoff)
                    backoff = min(backoff * 2, .seconds(5))
                }
                claimed.giveBack(room - deliveries.count)
                let deadline = started.advanced(by: .milliseconds(leaseMilliseconds - channel.timeoutMilliseconds))
                if turn.isProbe, !deliveries.isEmpty { pressure.probe() }
                for delivery in deliveries {
                    posts.addTask { await deliver(delivery, isProbe: turn.isProbe, before: deadline) }
                }
                // A claim that comes back empty at once must not turn into a busy loop.
                if deliveries.isEmpty, started.duration(to: .now) < .milliseconds(50) { await pause(.milliseconds(50)) }
            }
        }
    }

    private func claim(_ limit: Int) async throws(RPCError) -> [CampaignV1.Delivery] {
        let request = CampaignV1.ClaimDeliveriesRequest(
            channel: channel.name, limit: Int32(limit), leaseMilliseconds: Int32(leaseMilliseconds), worker: name,
            wait: true, deduplicates: channel.deduplicates)
        let options = CallOptions(timeout: Self.claimTimeout, retry: .never)
        return try await campaign.claimDeliveries(request, options: options).deliveries
    }

    private func deliver(
        _ delivery: CampaignV1.Delivery, isProbe: Bool, before deadline: ContinuousClock.Instant
    ) async {
        guard (try? await posting.take()) != nil else {
            if isProbe { pressure.leaveOff() }
            return reporter.giveBack(delivery, reason: "stopping")
        }
        defer { posting.giveBack() }
        // A process that stood still may wake when the claim has lapsed, and the customer has opted out.
        guard ContinuousClock.now < deadline, !Task.isShuttingDownGracefully else {
            if isProbe { pressure.leaveOff() }
            return reporter.giveBack(delivery, reason: "not_posted")
        }
        let result = await http.post(delivery)
        var verdict = PostVerdict(result, deduplicates: channel.deduplicates, attempt: Int(delivery.attempt))
        if case .unknown = verdict, await http.status(of: delivery.dedupeKey) == true {
            verdict = .sent
        }
        count(verdict)
        pressure.note(verdict, isProbe: isProbe)
        reporter.report(delivery, verdict)
    }

    private func count(_ verdict: PostVerdict) {
        let word =
            switch verdict {
            case .sent: "sent"
            case .postAgain: "not_taken"
            case .refused: "refused"
            case .unknown: "unknown"
            }
        Counter(label: "zhike_channel_posts_total", dimensions: [("channel", channel.name), ("outcome", word)])
            .increment()
    }

    /// Waits, but not beyond the beginning of a graceful shutdown.
    private func pause(_ duration: Duration) async {
        await cancelWhenGracefulShutdown { try? await Task.sleep(for: duration) }
    }
}
