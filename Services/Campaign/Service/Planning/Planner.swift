internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Logging
internal import Postgres
internal import RPC
internal import ServiceKit
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
    let earlyTriggers: EarlyTriggers
    let waves: WaveRunner
    let housekeeping: Housekeeping
    let book: CampaignBook
    let bounds: CampaignBounds
    let logger: Logger
    /// Unique among the replicas, also after a restart.
    private let owner = UUID().uuidString
    /// Campaigns whose waves are all finished.
    private let complete = Mutex(Set<Int64>())
    /// Closed campaigns of which no contact can leave any more.
    private let settled = Mutex(Set<Int64>())
    private let troubles = Mutex(Troubles())
    private let loop: StepLoop

    init(
        pool: PostgresPool, audiences: AudienceLoader, earlyTriggers: EarlyTriggers, waves: WaveRunner,
        housekeeping: Housekeeping, book: CampaignBook, bounds: CampaignBounds, logger: Logger
    ) {
        self.pool = pool
        self.audiences = audiences
        self.earlyTriggers = earlyTriggers
        self.waves = waves
        self.housekeeping = housekeeping
        self.book = book
        self.bounds = bounds
        self.logger = logger
        loop = StepLoop(every: bounds.lookInterval)
    }

    /// Something may be due. Never waits.
    func wake() {
        loop.wake()
    }

    func run() async throws {
        await loop.run { [self] in
            try await step()
        } onFailure: { [logger] error in
            logger.warning(
                "the planner could not go on for the moment", metadata: ["error": "\(Self.reason(error))"])
        }
        // In a task of its own, because this one may be cancelled.
        await Task { try? await PlannerLeaseStorage.release(owner: owner, now: Date(), pool: pool) }.value
    }

    /// Does one piece of what is due. Says whether there may be more.
    func step() async throws -> Bool {
        guard try await begin() != nil else { return false }
        let content = try await pool.withConnection { try await book.read(in: $0) }
        var didWork = try await refuseClosed(content)
        // Plans of running campaigns do not change, so what has gone through all its waves needs no further look.
        for campaign in content.running where !complete.withLock({ $0.contains(campaign.id) }) {
            guard troubles.withLock({ $0.mayTry(campaign.id) }) else { continue }
            // Each may take a quarter of a lease, and there may be any number of them.
            guard let token = try await begin() else { return false }
            do {
                didWork = try await advance(campaign, fencingToken: token) || didWork
                troubles.withLock { $0.forget(campaign.id) }
            } catch  where Self.concernsAll(error) {
                throw error
            } catch {
                // A snapshot that cannot be read keeps nobody else's campaign waiting.
                troubles.withLock { $0.note(campaign.id) }
                logger.warning(
                    "a campaign could not go on for the moment",
                    metadata: ["campaign": "\(campaign.id)", "error": "\(Self.reason(error))"])
            }
        }
        return didWork
    }

    /// Takes the lease or prolongs it, and settles what lapsed meanwhile.
    ///
    /// - Returns: the fencing token; nil where another replica plans.
    private func begin() async throws -> Int64? {
        try Task.checkCancellation()
        guard
            let token = try await PlannerLeaseStorage.take(
                owner: owner, now: Date(), lease: bounds.plannerLease, pool: pool)
        else { return nil }
        do {
            try await housekeeping.settleLapsed()
        } catch  where Self.concernsAll(error) {
            throw error
        } catch {
            logger.warning(
                "lapsed deliveries could not be settled for the moment", metadata: ["error": "\(Self.reason(error))"])
        }
        return token
    }

    private func advance(_ campaign: LiveCampaign, fencingToken: Int64) async throws -> Bool {
        if try await audiences.loadPage(of: campaign, fencingToken: fencingToken) { return true }
        switch try await earlyTriggers.decideSome(of: campaign, fencingToken: fencingToken) {
        case .worked: return true
        // Whoever waits is decided about when the stop has failed, so the campaign is not complete yet.
        case .waiting: return false
        case .nothing: break
        }
        switch try await waves.runDue(of: campaign, fencingToken: fencingToken) {
        case .worked: return true
        case .waiting: return false
        case .complete:
            complete.withLock { _ = $0.insert(campaign.id) }
            return false
        }
    }

    /// A closed campaign of which nothing waits and nothing is with a worker stays so.
    private func refuseClosed(_ content: CampaignBook.Content) async throws -> Bool {
        let unsettled = content.closed.filter { id in !settled.withLock { $0.contains(id) } }
        guard !unsettled.isEmpty else { return false }
        try await pool.withConnection { try await EarlyTriggerStorage.forget(unsettled, in: $0) }
        let left = try await housekeeping.refuseClosed(unsettled)
        settled.withLock { $0.formUnion(Set(unsettled).subtracting(left.open)) }
        return left.didWork
    }

    private static func concernsAll(_ error: any Error) -> Bool {
        switch error {
        case is CancellationError, CampaignFailure.fenced: true
        case let error as PostgresError:
            error.isConnectionLost || error.isTimeout || error.isResourceShortage || error.code == .closed
        default: false
        }
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
