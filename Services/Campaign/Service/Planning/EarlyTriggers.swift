internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Postgres
internal import ServiceKit

/// Decides about the customers whom a trigger asked for while the audience was still being read, once it is there.
struct EarlyTriggers: Sendable {
    /// Customers decided in one transaction.
    private static let limit = 400

    let pool: PostgresPool
    let clock: any BusinessClock
    let book: CampaignBook
    let reservation: ContactReservation
    let writer = EventLogWriter(schema: "campaign")
    /// Told how many contacts wait for a worker now.
    let afterCommit: @Sendable (Int) -> Void

    enum Progress {
        /// There may be more to do at once.
        case worked
        /// Nobody waits.
        case nothing
        /// Somebody waits for a campaign that does not run at the moment.
        case waiting
    }

    /// Decides about some.
    func decideSome(of campaign: LiveCampaign, fencingToken: Int64) async throws -> Progress {
        guard !campaign.plan.triggers.isEmpty,
            try await pool.withConnection({ try await EarlyTriggerStorage.isAny(of: campaign.id, in: $0) })
        else { return .nothing }
        let now = try await clock.now()
        let reserved = try await pool.transaction { connection in
            guard try await PlannerLeaseStorage.holds(fencingToken, in: connection) else {
                throw CampaignFailure.fenced
            }
            return try await decideSome(of: campaign, now: now, in: connection)
        }
        guard let reserved else { return .waiting }
        afterCommit(reserved)
        return .worked
    }

    /// nil where the campaign does not run.
    private func decideSome(
        of campaign: LiveCampaign, now: Date, in connection: PostgresConnection
    ) async throws -> Int? {
        let policy = try await book.read(in: connection).policy
        // The campaign is locked before anything is taken: where it was paused meanwhile, all waits for it to go on.
        guard try await !connection.query(LiveCampaignStorage.lockRunningStatement([campaign.id])).isEmpty else {
            return nil
        }
        let early = try await EarlyTriggerStorage.take(of: campaign.id, limit: Self.limit, in: connection)
        let context = try await EventContext.read(
            triggering: [campaign.id], customers: Set(early.map(\.customerID)).sorted(), in: connection)
        let candidates = early.compactMap {
            context.candidate(campaign, customerID: $0.customerID, channel: $0.channel)
        }
        let contacts = try await reservation.decide(
            candidates, policy: policy, now: now, replacing: context.standing, in: connection)
        try await writer.append(contacts.entries, in: connection)
        return contacts.reserved
    }
}
