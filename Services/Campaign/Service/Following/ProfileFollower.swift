internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Postgres
internal import ServiceKit

/// Reads the profile log for campaigns: events that trigger a contact, and events that are a conversion.
struct ProfileFollower: Sendable {
    /// Kind of an entry of profile.log that is a behaviour event.
    private static let eventKind: Int16 = 1

    let book: CampaignBook
    let clock: any BusinessClock
    let reservation: ContactReservation
    let writer = EventLogWriter(schema: "campaign")
    /// Told before the commit that a batch wrote something, with the position whose application means that it is there.
    let willWrite: @Sendable (LogPosition) -> Void

    /// Applies a batch; all its effects are in this transaction.
    func apply(_ batch: LogBatch, in connection: PostgresConnection) async throws {
        let events = batch.entries.filter { $0.kind == Self.eventKind }
        guard !events.isEmpty else { return }
        let campaigns = try await book.read(in: connection).campaigns
        let interest = EventInterest(campaigns.values)
        let wanted = events.filter { interest.concerns($0) }
        guard !wanted.isEmpty else { return }
        let now = try await clock.now()
        let policy = try await PolicyStorage.current(in: connection).policy
        var entries: [NewLogEntry] = []
        for slice in LogBatch(log: batch.log, entries: wanted).slices {
            let slice = Slice(partition: slice.partition, events: Array(slice.entries))
            let members = try await members(of: slice, interest, in: connection)
            guard !members.isEmpty else { continue }
            entries += try await outcomes(slice, interest, members, now: now, in: connection)
            entries += try await triggered(slice, interest, members, policy: policy, now: now, in: connection)
        }
        try await writer.append(entries, in: connection)
        willWrite(Self.position(of: wanted))
    }

    private struct Slice {
        var partition: Int16
        var events: [LogEntry]
    }

    private func members(
        of slice: Slice, _ interest: EventInterest, in connection: PostgresConnection
    ) async throws -> [Membership: AudienceMember] {
        let campaigns = Set(slice.events.flatMap { interest.campaigns(of: $0).map(\.id) }).sorted()
        let customers = Set(slice.events.map(\.customerID)).sorted()
        return try AudienceStorage.members(
            try await connection.query(
                AudienceStorage.membersStatement(slice.partition, campaigns: campaigns, customers: customers)))
    }

    // MARK: Conversions

    private func outcomes(
        _ slice: Slice, _ interest: EventInterest, _ members: [Membership: AudienceMember], now: Date,
        in connection: PostgresConnection
    ) async throws -> [NewLogEntry] {
        var found: [(OutcomeStorage.Key, LogEntry, LiveCampaign, AudienceMember)] = []
        for event in slice.events {
            for campaign in interest.converting(event) {
                let membership = Membership(campaignID: campaign.id, customerID: event.customerID)
                guard let member = members[membership], let eventID = event.dedupeKey else { continue }
                found.append((OutcomeStorage.Key(membership: membership, eventID: eventID), event, campaign, member))
            }
        }
        guard !found.isEmpty else { return [] }
        let new = try await OutcomeStorage.insert(found.map(\.0), partition: slice.partition, in: connection)
        let latest = try await OutcomeStorage.latestContacts(
            slice.partition, Set(new.map(\.membership)), in: connection)
        return try found.filter { new.contains($0.0) }.map { key, event, campaign, member in
            let contact = latest[key.membership]
            let cut = ContactCut(
                campaign: campaign, officePath: member.officePath, manager: member.manager,
                arm: ContactCut.arm(isControl: member.isControl), isControl: member.isControl,
                wave: contact?.wave ?? 0, channel: contact?.channel ?? "")
            let property = campaign.plan.valueProperty
            let value = property.isEmpty ? 0 : EventProperties(json: event.propertiesJSON).minorUnits(property)
            return try LogEntries.outcome(
                customerID: event.customerID, cut, eventType: event.subject, eventID: key.eventID, valueMinor: value,
                at: event.occurredAt, recordedAt: now)
        }
    }

    // MARK: Triggers

    private func triggered(
        _ slice: Slice, _ interest: EventInterest, _ members: [Membership: AudienceMember], policy: ContactPolicy,
        now: Date, in connection: PostgresConnection
    ) async throws -> [NewLogEntry] {
        var candidates: [Candidate] = []
        for event in slice.events {
            for (campaign, trigger) in interest.triggering(event) {
                let membership = Membership(campaignID: campaign.id, customerID: event.customerID)
                guard let member = members[membership] else { continue }
                candidates.append(
                    Candidate(member: member, campaign: campaign, wave: Wave.ofTriggers, channel: trigger.channel))
            }
        }
        guard !candidates.isEmpty else { return [] }
        // Whoever pauses a campaign waits for this transaction, and after it nothing is reserved.
        let running = try await runningNow(candidates, in: connection)
        let standing = try await ContactStorage.triggered(
            slice.partition, customers: Set(candidates.map(\.member.customerID)).sorted(),
            campaigns: Set(candidates.map(\.campaign.id)).sorted(), in: connection)
        candidates.removeAll { candidate in
            !running.contains(candidate.campaign.id)
                || standing[candidate.key].map { $0.state != .refused } ?? false
        }
        return try await reservation.decide(
            candidates, partition: slice.partition, policy: policy, now: now, replacing: standing, in: connection
        ).entries
    }

    private func runningNow(_ candidates: [Candidate], in connection: PostgresConnection) async throws -> Set<Int64> {
        let ids = Set(candidates.map(\.campaign.id)).sorted()
        let rows = try await connection.query(LiveCampaignStorage.lockRunningStatement(ids))
        return Set(try rows.map { try $0.decode(Int64.self) })
    }

    private static func position(of events: [LogEntry]) -> LogPosition {
        var position = LogPosition()
        for event in events { position[event.partition] = max(position[event.partition], event.offset) }
        return position
    }
}
