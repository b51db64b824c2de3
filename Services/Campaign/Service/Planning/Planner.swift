internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Logging
internal import Postgres
internal import RPC
internal import ServiceLifecycle
internal import Synchronization

/// Carries out running campaigns: reads audiences, goes through waves when their time has come, and clears up after
/// workers that died and campaigns that were closed. Of all replicas one plans, the one that holds the lease.
///
/// Everything it does is a chain of small transactions, each of which moves the place where the next one goes on; so it
/// may be killed anywhere.
final class Planner: Service, Sendable {
    let pool: PostgresPool
    let audiences: AudienceLoader
    let waves: WaveRunner
    let housekeeping: Housekeeping
    let book: CampaignBook
    let bounds: CampaignBounds
    let logger: Logger
    /// Unique among the replicas, also after a restart.
    private let owner = UUID().uuidString
    /// Campaigns whose waves are all finished.
    private let complete = Mutex(Set<Int64>())
    private let looks: AsyncStream<Void>
    private let look: AsyncStream<Void>.Continuation

    init(
        pool: PostgresPool, audiences: AudienceLoader, waves: WaveRunner, housekeeping: Housekeeping,
        book: CampaignBook, bounds: CampaignBounds, logger: Logger
    ) {
        self.pool = pool
        self.audiences = audiences
        self.waves = waves
        self.housekeeping = housekeeping
        self.book = book
        self.bounds = bounds
        self.logger = logger
        // One is enough: whoever is woken looks at everything.
        (looks, look) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Something may be due. Never waits.
    func wake() {
        look.yield()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.tick() }
                group.addTask { await self.follow() }
                await group.waitForAll()
            }
        }
        // In a task of its own, because this one may be cancelled.
        await Task { try? await PlannerLeaseStorage.release(owner: owner, now: Date(), pool: pool) }.value
    }

    private func tick() async {
        while true {
            do { try await Task.sleep(for: bounds.lookInterval) } catch { return look.finish() }
            look.yield()
        }
    }

    private func follow() async {
        for await _ in looks {
            do {
                while try await step() {}
            } catch is CancellationError {
                return
            } catch {
                logger.warning(
                    "the planner could not go on for the moment", metadata: ["error": "\(Self.reason(error))"])
            }
        }
    }

    /// Does one piece of what is due, under a fresh lease. Says whether there may be more.
    func step() async throws -> Bool {
        try Task.checkCancellation()
        guard
            let token = try await PlannerLeaseStorage.take(
                owner: owner, now: Date(), lease: bounds.plannerLease, pool: pool)
        else { return false }
        try await housekeeping.settleLapsed()
        let running = try await pool.withConnection { try await book.read(in: $0) }.running
        var didWork = try await housekeeping.refuseClosed()
        // Plans of running campaigns do not change, so what has gone through all its waves needs no further look.
        for campaign in running where !complete.withLock({ $0.contains(campaign.id) }) {
            if try await audiences.loadPage(of: campaign, fencingToken: token) {
                didWork = true
                continue
            }
            switch try await waves.runDue(of: campaign, fencingToken: token) {
            case .worked: didWork = true
            case .waiting: continue
            case .complete: complete.withLock { _ = $0.insert(campaign.id) }
            }
        }
        return didWork
    }

    /// What may be logged of an error: ours are bland, of others the type is enough.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as PostgresError: error.description
        case let error as RPCError: error.description
        default: String(reflecting: type(of: error))
        }
    }
}
