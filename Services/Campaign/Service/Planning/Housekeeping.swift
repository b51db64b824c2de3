internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Postgres
internal import ServiceKit

/// Settles what nobody else will: contacts of workers that died, and those still waiting in a campaign that was closed.
struct Housekeeping: Sendable {
    /// Contacts settled in one transaction.
    private static let limit = 400

    let pool: PostgresPool
    let clock: any BusinessClock
    let book: CampaignBook
    let writer = EventLogWriter(schema: "campaign")
    let afterCommit: @Sendable () -> Void

    /// Contacts whose lease lapsed without a report may have left: they are unknown, and never sent again by machine,
    /// unless their channel takes each key once.
    func settleLapsed() async throws {
        let partitions = try await pool.withConnection {
            try await OpenContactStorage.lapsedPartitions(machineNow: Date(), in: $0)
        }
        // One partition that cannot be settled keeps no other waiting.
        var failure: (any Error)?
        for partition in partitions {
            do {
                try await settleLapsed(partition)
            } catch {
                try Task.checkCancellation()
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func settleLapsed(_ partition: Int16) async throws {
        let now = try await clock.now()
        try await pool.transaction { connection in
            let campaigns = try await book.read(in: connection).campaigns
            let contacts = try await OpenContactStorage.lockLapsed(
                partition, machineNow: Date(), limit: Self.limit, in: connection)
            var entries: [NewLogEntry] = []
            var changes: [ContactChange] = []
            for contact in contacts {
                var machine = contact.machine
                let action = machine.lapse()
                guard action != .stale, let cut = contact.cut(campaigns) else { continue }
                changes.append(ContactChange(contact, machine, reason: "lease_lapsed"))
                guard action == .logContact else { continue }
                entries.append(
                    try LogEntries.contacted(
                        contact.key, cut, delivery: .unknown, at: contact.contactedAt ?? now, recordedAt: now))
            }
            try await OpenContactStorage.apply(changes, now: now, in: connection)
            try await writer.append(entries, in: connection)
        }
        afterCommit()
    }

    /// Contacts that still waited when their campaign was closed will not leave.
    ///
    /// - Returns: whether there was anything to do, and the campaigns of which contacts still waited or were with
    ///   workers.
    func refuseClosed(_ closed: [Int64]) async throws -> (didWork: Bool, open: Set<Int64>) {
        let open = try await pool.withConnection { try await OpenContactStorage.open(of: closed, in: $0) }
        let waiting = open.filter(\.isWaiting)
        for (partition, campaignID, _) in waiting {
            let now = try await clock.now()
            try await pool.transaction { connection in
                let campaigns = try await book.read(in: connection).campaigns
                let contacts = try await OpenContactStorage.lockReserved(
                    partition, campaignID, limit: Self.limit, in: connection)
                let reason = ContactRefusal.campaignClosed.code
                var entries: [NewLogEntry] = []
                var changes: [ContactChange] = []
                for contact in contacts {
                    let (change, entry) = try contact.refusing(reason, campaigns, now: now)
                    changes.append(change)
                    if let entry { entries.append(entry) }
                }
                try await OpenContactStorage.apply(changes, now: now, in: connection)
                try await writer.append(entries, in: connection)
            }
            afterCommit()
        }
        return (!waiting.isEmpty, Set(open.map(\.campaignID)))
    }
}
