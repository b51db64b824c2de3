internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Postgres
internal import ServiceKit

/// Reads the profile log for campaigns: events that trigger a contact, and events that are a conversion.
///
/// What a batch asks the database goes in a few pipelines for all partitions together: the way from an event to its
/// contact is counted in round trips.
struct ProfileFollower: Sendable {
    /// Kind of an entry of profile.log that is a behaviour event.
    private static let eventKind: Int16 = 1

    let book: CampaignBook
    let clock: any BusinessClock
    let reservation: ContactReservation
    let writer = EventLogWriter(schema: "campaign")
    /// Told before the commit what it will bring.
    let wakeUps: TriggerWakeUps

    /// What is asked together with each batch.
    static let questions = [LiveCampaignStorage.revisionStatement]

    /// Applies a batch; all its effects are in this transaction.
    func apply(_ batch: LogBatch, in connection: PostgresConnection) async throws {
        let events = batch.entries.filter { $0.kind == Self.eventKind }
        guard !events.isEmpty else { return }
        let known = try await book.read(batch.answers[0], in: connection)
        let slices = LogBatch(log: batch.log, entries: events.filter(known.interest.concerns)).slices.map { slice in
            EventSlice(partition: slice.partition, events: slice.entries, known.interest)
        }.filter { !$0.customers.isEmpty }
        guard !slices.isEmpty else { return }
        let now = try await clock.now(in: connection)
        let context = try await EventContext.read(slices, in: connection)
        let outcomes = try await outcomes(slices, context, now: now, in: connection)
        let contacts = try await reservation.decide(
            candidates(slices, context), policy: known.policy, now: now, replacing: context.standing, in: connection)
        let early = early(slices, context)
        if !early.isEmpty { try await connection.execute(EarlyTriggerStorage.insertStatement(early)) }
        try await writer.append(outcomes + contacts.entries, in: connection)
        wakeUps.willCommit(reserved: contacts.reserved, logged: outcomes.count + contacts.entries.count)
    }

    /// The contacts that triggers ask for, of customers of the audience whom no trigger of the campaign reached yet.
    private func candidates(_ slices: [EventSlice], _ known: EventContext) -> [Candidate] {
        var candidates: [Candidate] = []
        for slice in slices {
            for (event, campaign, trigger) in slice.triggering where known.running.contains(campaign.id) {
                let candidate = known.candidate(campaign, customerID: event.customerID, channel: trigger.channel)
                if let candidate { candidates.append(candidate) }
            }
        }
        return candidates
    }

    /// Whom a trigger asks for before it is known whether they are members.
    private func early(_ slices: [EventSlice], _ known: EventContext) -> Set<EarlyTriggerStorage.Early> {
        var early: Set<EarlyTriggerStorage.Early> = []
        for slice in slices {
            for (event, campaign, trigger) in slice.triggering
            where known.running.contains(campaign.id) && !known.complete.contains(campaign.id) {
                guard known.members[Membership(campaignID: campaign.id, customerID: event.customerID)] == nil else {
                    continue
                }
                early.insert(.init(campaignID: campaign.id, customerID: event.customerID, channel: trigger.channel))
            }
        }
        return early
    }

    private func outcomes(
        _ slices: [EventSlice], _ known: EventContext, now: Date, in connection: PostgresConnection
    ) async throws -> [NewLogEntry] {
        typealias Conversion = (key: OutcomeStorage.Key, event: LogEntry, campaign: LiveCampaign)
        let found = slices.map { slice in
            slice.converting.compactMap { event, campaign -> Conversion? in
                let membership = Membership(campaignID: campaign.id, customerID: event.customerID)
                guard known.members[membership] != nil, let eventID = event.dedupeKey else { return nil }
                return (OutcomeStorage.Key(membership: membership, eventID: eventID), event, campaign)
            }
        }
        let asked = zip(slices, found).filter { !$0.1.isEmpty }
        guard !asked.isEmpty else { return [] }
        let answers = try await connection.pipeline(
            asked.flatMap { slice, found in
                [
                    OutcomeStorage.insertStatement(found.map(\.key), partition: slice.partition),
                    OutcomeStorage.latestContactsStatement(found.map(\.key), partition: slice.partition),
                ]
            })
        var entries: [NewLogEntry] = []
        for (index, (_, found)) in asked.enumerated() {
            var new = Set(try OutcomeStorage.inserted(answers[2 * index]))
            let latest = try OutcomeStorage.latestContacts(answers[2 * index + 1])
            for (key, event, campaign) in found {
                guard new.remove(key) != nil, let member = known.members[key.membership] else { continue }
                entries.append(
                    try Self.entry(key, event, campaign, member, latest[key.membership], recordedAt: now))
            }
        }
        return entries
    }

    private static func entry(
        _ key: OutcomeStorage.Key, _ event: LogEntry, _ campaign: LiveCampaign, _ member: AudienceMember,
        _ contact: (wave: Int32, channel: String)?, recordedAt: Date
    ) throws -> NewLogEntry {
        let cut = ContactCut(
            campaign: campaign, officePath: member.officePath, manager: member.manager,
            arm: ContactCut.arm(isControl: member.isControl), isControl: member.isControl, wave: contact?.wave ?? 0,
            channel: contact?.channel ?? "")
        let plan = campaign.plan
        let value =
            plan.valueProperty.isEmpty
            ? 0 : EventProperties(json: event.propertiesJSON).minorUnits(plan.valueProperty, in: plan.currency)
        return try LogEntries.outcome(
            customerID: event.customerID, cut, eventType: event.subject, eventID: key.eventID, valueMinor: value,
            at: event.occurredAt, recordedAt: recordedAt)
    }
}
