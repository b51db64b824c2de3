internal import Contracts
internal import Logging
internal import ServiceLifecycle

/// The workers of all channels, as one service: they start and stop together.
struct ChannelWorkers: Service {
    let workers: [ChannelWorker]

    init(
        _ channels: [ChannelConfiguration], _ campaign: CampaignV1.CampaignServiceClient, workerName: String,
        sweepMilliseconds: Int, logger: Logger
    ) {
        workers = channels.map { channel in
            var log = logger
            log[metadataKey: "channel"] = "\(channel.name)"
            return ChannelWorker(
                channel, campaign, workerName: workerName, sweepMilliseconds: sweepMilliseconds, log: log)
        }
    }

    func run() async {
        await withDiscardingTaskGroup { group in
            for worker in workers { group.addTask { await worker.run() } }
            // Without channels there is nothing to do, and a service that ends would end the process.
            if workers.isEmpty { try? await gracefulShutdown() }
        }
    }
}
