internal import Contracts
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Sandbox
internal import ServiceLifecycle
internal import TestSupport
internal import Testing

@testable internal import GatewayService

@Suite("Channel worker")
struct ChannelWorkerTests {
    private static let secret = Array("a secret of a channel".utf8)
    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Runs a simulated channel and a worker for it.
    private func withChannel(
        _ behaviour: ChannelBehaviour, _ campaign: FakeCampaign,
        _ settings: ChannelConfiguration = ChannelWorkerTests.channel(),
        _ body: @escaping @Sendable (ChannelSimulator) async throws -> Void
    ) async throws {
        let simulator = try ChannelSimulator(
            .init(secret: Self.secret, behaviour: behaviour), logger: Self.logger)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = SimulatorService(simulator: simulator) { port.yield($0) }
        let simulatorGroup = ServiceGroup(services: [server], logger: Self.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await simulatorGroup.run() }
            let number = try #require(await ports.first { _ in true })
            var channel = settings
            channel.url = "http://127.0.0.1:\(number)/deliveries"
            channel.statusURL = "http://127.0.0.1:\(number)/status"
            try await run([channel], campaign) { try await body(simulator) }
            await simulatorGroup.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private static func channel(
        secret: [UInt8] = ChannelWorkerTests.secret, deduplicates: Bool = false, settleMilliseconds: Int = 600_000
    ) -> ChannelConfiguration {
        ChannelConfiguration(
            name: "app_push", url: "", secret: secret, deduplicates: deduplicates, concurrency: 8,
            timeoutMilliseconds: 1_500, settleMilliseconds: settleMilliseconds)
    }

    private func run(
        _ channels: [ChannelConfiguration], _ campaign: FakeCampaign, _ body: () async throws -> Void
    ) async throws {
        var suite = FakeSuite()
        campaign.serve(in: &suite)
        let workers = ChannelWorkers(
            channels, try suite.clients().campaign, workerName: "test", sweepMilliseconds: 50, logger: Self.logger)
        let group = ServiceGroup(services: [workers], logger: Self.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body()
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private struct SimulatorService: Service {
        let simulator: ChannelSimulator
        let onListening: @Sendable (Int) -> Void

        func run() async throws {
            try await simulator.run { port in onListening(port) }
        }
    }

    @Test("each delivery is posted once, signed, and reported as sent")
    func sent() async throws {
        let campaign = FakeCampaign()
        campaign.queue(200, channel: "app_push")
        try await withChannel(ChannelBehaviour(), campaign) { simulator in
            try await eventually("all are sent") { campaign.count("sent") == 200 }
            #expect(simulator.summary.posts == 200)
            #expect(simulator.summary.taken == 200)
            #expect(simulator.summary.forged == 0)
        }
    }

    @Test("429 and 503 are posted again, because the channel did not take them")
    func busy() async throws {
        let campaign = FakeCampaign()
        campaign.queue(60, channel: "app_push")
        try await withChannel(ChannelBehaviour(tooMany: 0.2, unavailable: 0.2), campaign) { simulator in
            try await eventually("all are sent") { campaign.count("sent") == 60 }
            #expect(simulator.summary.duplicates == 0)
            #expect(simulator.summary.posts > 60)
        }
    }

    @Test("what was taken without an answer is found out at the status address and never sent again")
    func dropAfter() async throws {
        let campaign = FakeCampaign()
        campaign.queue(60, channel: "app_push")
        try await withChannel(ChannelBehaviour(dropAfter: 0.4), campaign) { simulator in
            try await eventually("all are sent") { campaign.count("sent") == 60 }
            #expect(simulator.summary.duplicates == 0)
            #expect(simulator.summary.posts == 60)
        }
    }

    @Test("deliveries of which the channel never tells do not hide those behind them")
    func hiddenUnknown() async throws {
        // A sweep looks at ten pages, and all of them are full of what stays unknown.
        let campaign = FakeCampaign(pageSize: 1)
        campaign.queue(12, channel: "app_push")
        for id in 1...12 as ClosedRange<Int64> { campaign.lapse(id) }
        campaign.queue(1, channel: "app_push", from: 100)
        try await withChannel(ChannelBehaviour(dropAfter: 1), campaign) { simulator in
            try await eventually("the last is found out") { campaign.count("sent") == 1 }
            #expect(campaign.count("unknown") == 12)
            #expect(simulator.summary.posts == 1)
        }
    }

    @Test("what was cut off before it was taken stays unknown and is never sent again")
    func dropBefore() async throws {
        let campaign = FakeCampaign()
        campaign.queue(60, channel: "app_push")
        try await withChannel(ChannelBehaviour(dropBefore: 0.3), campaign) { simulator in
            try await eventually("all are decided") { campaign.count("sent") + campaign.count("unknown") == 60 }
            #expect(campaign.count("unknown") > 0)
            #expect(campaign.count("sent") == simulator.summary.taken)
            #expect(simulator.summary.posts == 60)
        }
    }

    @Test("an answer that stands still behind its headers is one, and holds neither a permit nor the stop")
    func stalled() async throws {
        let campaign = FakeCampaign()
        campaign.queue(40, channel: "app_push")
        try await withChannel(ChannelBehaviour(stall: 0.5), campaign) { simulator in
            try await eventually("all are sent") { campaign.count("sent") == 40 }
            #expect(simulator.summary.posts == 40)
        }
    }

    @Test("a channel that has settled and has not taken a message makes it known as failed")
    func settled() async throws {
        let campaign = FakeCampaign()
        campaign.queue(10, channel: "app_push")
        try await withChannel(
            ChannelBehaviour(dropBefore: 1), campaign, Self.channel(settleMilliseconds: 0)
        ) { simulator in
            try await eventually("all are known as failed") { campaign.count("failed") == 10 }
            #expect(campaign.reasons(1).last == "not_received")
            #expect(simulator.summary.posts == 10)
        }
    }

    @Test("a channel that deduplicates is posted to again, and reaches each customer once")
    func deduplicates() async throws {
        let campaign = FakeCampaign()
        campaign.queue(60, channel: "app_push")
        try await withChannel(
            ChannelBehaviour(dropBefore: 0.2, dropAfter: 0.2, deduplicates: true), campaign,
            Self.channel(deduplicates: true)
        ) { simulator in
            try await eventually("all are sent") { campaign.count("sent") == 60 }
            #expect(simulator.summary.taken == 60)
            #expect(simulator.summary.duplicates == 0)
        }
    }

    @Test("nobody listening is no connection: surely not taken, and tried again")
    func notConnected() async throws {
        let campaign = FakeCampaign()
        campaign.queue(3, channel: "app_push")
        let channel = ChannelConfiguration(
            name: "app_push", url: "http://127.0.0.1:1/deliveries", secret: Self.secret, timeoutMilliseconds: 1_000)
        try await run([channel], campaign) {
            try await eventually("it was tried again") { campaign.reasons(1).count > 1 }
        }
        #expect(Set(campaign.reasons(1)).isSubset(of: ["no_connection", "stopping", "not_posted"]))
        #expect(campaign.count("unknown") == 0)
    }

    @Test("a wrong secret is refused for good by the channel")
    func forged() async throws {
        let campaign = FakeCampaign()
        campaign.queue(3, channel: "app_push")
        try await withChannel(
            ChannelBehaviour(), campaign, Self.channel(secret: Array("another".utf8))
        ) { simulator in
            try await eventually("all have failed") { campaign.count("failed") == 3 }
            #expect(simulator.summary.forged == 3)
            #expect(simulator.summary.taken == 0)
        }
    }

    @Test("what a killed gateway left behind is asked about and not sent again")
    func lapsed() async throws {
        let campaign = FakeCampaign()
        campaign.queue(2, channel: "app_push")
        campaign.lapse(1)
        try await withChannel(ChannelBehaviour(), campaign) { simulator in
            try await eventually("the other is sent") { campaign.count("sent") == 1 }
            #expect(simulator.takenKeys.keys.sorted() == ["c1:2:1/app_push"])
            #expect(campaign.count("unknown") == 1)
        }
    }

    @Test("a status address that hangs does not hold up a stop")
    func hungStatus() async throws {
        let (questions, asked) = AsyncStream.makeStream(of: Void.self)
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { connection in
                asked.yield()
                return connection.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let campaign = FakeCampaign()
        campaign.queue(1, channel: "app_push")
        campaign.lapse(1)
        let channel = ChannelConfiguration(
            name: "app_push", url: "http://127.0.0.1:\(port)/deliveries", statusURL: "http://127.0.0.1:\(port)/status",
            secret: Self.secret, timeoutMilliseconds: 60_000)
        let began = ContinuousClock.now
        try await run([channel], campaign) {
            #expect(await questions.first { _ in true } != nil)
        }
        #expect(began.duration(to: .now) < .seconds(30))
        #expect(campaign.count("unknown") == 1)
        try await server.close()
    }

    @Test("a slow channel does not slow another")
    func slow() async throws {
        let campaign = FakeCampaign()
        campaign.queue(100, channel: "sms", from: 1_001)
        campaign.queue(100, channel: "app_push")
        let slow = ChannelConfiguration(
            name: "sms", url: "http://10.255.255.1:9/deliveries", secret: Self.secret, concurrency: 2,
            timeoutMilliseconds: 60_000)
        try await withChannel(ChannelBehaviour(), campaign) { simulator in
            try await run([slow], campaign) {
                try await eventually("the quick channel is done") { campaign.count("sent") == 100 }
                #expect(simulator.summary.taken == 100)
            }
        }
    }
}
