internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Postgres
internal import ServiceKit

/// Hands out reserved contacts to workers: turns `reserved` into `sending`, after asking once more whether the contact
/// may leave.
struct DeliveryClaims: Sendable {
    let book: CampaignBook
    let timeZone: TimeZone
    let writer = EventLogWriter(schema: "campaign")

    struct Order: Sendable {
        var channel: String
        var limit: Int
        var lease: Duration
        /// Whether the channel takes each dedupe key once.
        var isRepeatable = false
    }

    struct Result: Sendable {
        var claimed: [Claimed] = []
        /// Contacts that were due and may no longer leave.
        var refused = 0
    }

    /// A contact that a worker has now.
    struct Claimed: Sendable {
        var contact: OpenContact
        var campaign: LiveCampaign
    }

    /// One transaction, the caller's. Contacts of customers that another transaction has at the moment are passed over.
    func claim(_ order: Order, now: Date, in connection: PostgresConnection) async throws -> Result {
        let machineNow = Date()
        let answers = try await connection.pipeline([
            LiveCampaignStorage.revisionStatement, PolicyStorage.currentStatement,
        ])
        let content = try await book.read(revision: try answers[0][0].decode(Int64.self), in: connection)
        let policy = try PolicyStorage.current(answers[1]).policy
        // Quiet hours only delay what is reserved: the cap has counted it, and it leaves when they end.
        let minute = MinuteOfDay.of(now, in: timeZone)
        guard !policy.isQuiet(channel: order.channel, minuteOfDay: minute) else { return Result() }
        let due = try await QueueStorage.due(
            channel: order.channel, campaigns: content.running, machineNow: machineNow, limit: order.limit,
            in: connection)
        guard !due.isEmpty else { return Result() }
        let groups = Dictionary(grouping: due, by: \.partition).sorted { $0.key < $1.key }
        let held = try await lock(groups.map { ($0.key, $0.value) }, content, in: connection)

        var result = Result()
        var updates: [SQL] = []
        var entries: [NewLogEntry] = []
        for group in held {
            var changes: [ContactChange] = []
            for contact in group.contacts {
                guard let campaign = content.campaigns[contact.key.campaignID],
                    group.running.contains(campaign.id), group.locked.contains(contact.key.customerID)
                else { continue }
                let gate = ContactGate(
                    purpose: campaign.plan.purpose, channel: order.channel, policy: policy, now: now,
                    timeZone: timeZone)
                if let refusal = gate.permission(group.facts[contact.key.customerID] ?? ContactFacts()) {
                    let (change, entry) = try contact.refusing(refusal.code, content.campaigns, now: now)
                    changes.append(change)
                    if let entry { entries.append(entry) }
                    result.refused += 1
                } else if let claimed = Claimed(contact, of: campaign, isRepeatable: order.isRepeatable) {
                    changes.append(
                        ContactChange(
                            claimed.contact, claimed.contact.machine, reason: "", contactedAt: now,
                            leaseUntil: machineNow + order.lease / .seconds(1)))
                    result.claimed.append(claimed)
                }
            }
            if !changes.isEmpty {
                updates.append(OpenContactStorage.applyStatement(changes, partition: group.partition, now: now))
            }
        }
        _ = try await connection.pipeline(updates)
        try await writer.append(entries, in: connection)
        return result
    }

    private struct Locked {
        var partition: Int16
        var running: Set<Int64>
        var locked: Set<Int64>
        var facts: [Int64: ContactFacts]
        var contacts: [OpenContact]
    }

    /// Takes the locks in the order of all who take them, partition by partition, and reads behind them.
    private func lock(
        _ groups: [(partition: Int16, due: [QueueStorage.Due])], _ content: CampaignBook.Content,
        in connection: PostgresConnection
    ) async throws -> [Locked] {
        let campaignIDs = Set(groups.flatMap { $0.due.map(\.campaignID) }).sorted()
        let purposes = Set(campaignIDs.compactMap { content.campaigns[$0]?.plan.purpose }).sorted()
        let answers = try await connection.pipeline(
            [LiveCampaignStorage.lockRunningStatement(campaignIDs)]
                + groups.flatMap { group in
                    let customers = Set(group.due.map(\.customerID)).sorted()
                    return [
                        ContactFactsStorage.lockFreeStatesStatement(group.partition, customers),
                        ContactFactsStorage.lockGuardsStatement(group.partition, customers),
                    ] + ContactFactsStorage.permissionStatements(group.partition, customers, purposes) + [
                        OpenContactStorage.lockFreeStatement(group.partition, deliveries: group.due.map(\.deliveryID))
                    ]
                })
        let running = Set(try answers[0].map { try $0.decode(0, as: Int64.self) })
        return try groups.enumerated().map { index, group in
            let own = answers[(1 + 5 * index)..<(6 + 5 * index)].map { $0 }
            return Locked(
                partition: group.partition, running: running,
                locked: Set(try own[0].map { try $0.decode(0, as: Int64.self) }),
                facts: try ContactFactsStorage.permissions(
                    guards: own[1], consents: own[2], suppressions: own[3]),
                contacts: try own[4].map { try OpenContact(row: $0) }.filter { $0.machine.state == .reserved })
        }
    }
}

extension DeliveryClaims.Claimed {
    /// nil where another has it.
    fileprivate init?(_ contact: OpenContact, of campaign: LiveCampaign, isRepeatable: Bool) {
        var contact = contact
        guard contact.machine.claim(isRepeatable: isRepeatable) else { return nil }
        self.init(contact: contact, campaign: campaign)
    }
}

extension OpenContact {
    /// What becomes of a contact that waits where something forbids it, and what the log gets: a refusal, or, where an
    /// earlier claim may have reached the customer, a contact of which nobody knows.
    func refusing(
        _ reason: String, _ campaigns: [Int64: LiveCampaign], now: Date
    ) throws -> (change: ContactChange, entry: NewLogEntry?) {
        var machine = machine
        let action = machine.refuse()
        let change = ContactChange(self, machine, reason: reason)
        guard let cut = cut(campaigns) else { return (change, nil) }
        guard action == .logContact else {
            return (change, try LogEntries.refused(key, cut, reason: reason, at: now))
        }
        let entry = try LogEntries.contacted(
            key, cut, delivery: .unknown, at: contactedAt ?? now, recordedAt: now)
        return (change, entry)
    }
}
