internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Postgres
internal import RPC
internal import ServiceKit

/// Hands out reserved contacts to workers: turns `reserved` into `sending`, after asking once more whether the contact
/// may leave.
struct DeliveryClaims: Sendable {
    let book: CampaignBook
    let timeZone: TimeZone
    let turns = CampaignTurns()
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
        let (content, due) = try await look(order, machineNow: machineNow, in: connection)
        let policy = content.policy
        // Quiet hours only delay what is reserved: the cap has counted it, and it leaves when they end. A worker may let it
        // leave at any moment of its lease, so none of them may be quiet.
        let lease = order.lease / .seconds(1)
        guard !policy.isQuiet(channel: order.channel, from: now, seconds: lease, in: timeZone) else { return Result() }
        guard !due.isEmpty else { return Result() }
        let held = try await lock(due, content, in: connection)

        var result = Result()
        var changes: [ContactChange] = []
        var entries: [NewLogEntry] = []
        for contact in held.contacts where held.customers.contains(contact.key.customerID) {
            guard let campaign = content.campaigns[contact.key.campaignID], held.running.contains(campaign.id) else {
                continue
            }
            let gate = ContactGate(
                purpose: campaign.plan.purpose, channel: order.channel, policy: policy, now: now, timeZone: timeZone)
            let facts = held.facts[contact.key.customerID] ?? ContactFacts()
            // It may leave at any moment of the lease, so the consent has to last as long.
            if let refusal = gate.permission(facts, forSeconds: lease) {
                let (change, entry) = try contact.refusing(refusal.code, content.campaigns, now: now)
                changes.append(change)
                if let entry { entries.append(entry) }
                result.refused += 1
            } else if contact.machine.mayHaveLeft, !order.isRepeatable {
                // The channel deduplicated when it was posted, and does so no longer.
                let (change, entry) = try contact.refusing("not_repeatable", content.campaigns, now: now)
                changes.append(change)
                if let entry { entries.append(entry) }
                result.refused += 1
            } else if let claimed = Claimed(contact, of: campaign, isRepeatable: order.isRepeatable) {
                changes.append(
                    ContactChange(
                        claimed.contact, claimed.contact.machine, reason: "", contactedAt: now,
                        leaseUntil: machineNow + lease))
                result.claimed.append(claimed)
            }
        }
        if !changes.isEmpty {
            try await connection.executeAtCommit([OpenContactStorage.applyStatement(changes, now: now)])
        }
        try await writer.append(entries, in: connection)
        return result
    }

    /// What stands and what is due. One round trip where nobody changed a campaign since the last look.
    private func look(
        _ order: Order, machineNow: Date, in connection: PostgresConnection
    ) async throws -> (content: CampaignBook.Content, due: [QueueStorage.Due]) {
        func statements(_ content: CampaignBook.Content) -> [SQL] {
            QueueStorage.dueStatements(
                channel: order.channel, campaigns: content.running, machineNow: machineNow, limit: order.limit)
        }
        let known = book.latest
        let answers = try await connection.pipeline([LiveCampaignStorage.revisionStatement] + statements(known))
        let content = try await book.read(answers[0], in: connection)
        let queues =
            content.revision == known.revision
            ? Array(answers.dropFirst()) : try await connection.pipeline(statements(content))
        // What does not fit into one answer stays reserved, for the next claim.
        let due = try QueueStorage.due(
            queues, after: turns.last(of: order.channel), limit: order.limit, byteLimit: RPCLimits.pageBytes
        ) { due in content.campaigns[due.campaignID].map(Self.deliveryBytes) ?? 0 }
        if let last = due.last { turns.note(last.campaignID, of: order.channel) }
        return (content, due)
    }

    /// About what a delivery takes in a message: the words, and ids and codes, which are short.
    private static func deliveryBytes(_ campaign: LiveCampaign) -> Int {
        campaign.offerTitle.utf8.count + campaign.offerText.utf8.count + 400
    }

    private struct Held {
        var running: Set<Int64>
        var customers: Set<Int64>
        var facts: [Int64: ContactFacts]
        var contacts: [OpenContact]
    }

    /// Takes the locks in the order of all who take them, and reads behind them. One round trip.
    private func lock(
        _ due: [QueueStorage.Due], _ content: CampaignBook.Content, in connection: PostgresConnection
    ) async throws -> Held {
        let campaignIDs = Set(due.map(\.campaignID)).sorted()
        let purposes = Set(campaignIDs.compactMap { content.campaigns[$0]?.plan.purpose }).sorted()
        let answers = try await connection.pipeline([
            LiveCampaignStorage.lockRunningStatement(campaignIDs),
            ContactFactsStorage.lockFreeStatement(Set(due.map(\.customerID)), purposes: purposes),
            OpenContactStorage.lockFreeStatement(due.map { ($0.partition, $0.deliveryID) }),
        ])
        let (customers, facts) = try ContactFactsStorage.facts(answers[1])
        let tokens = Dictionary(due.map { ($0.deliveryID, $0.fencingToken) }, uniquingKeysWith: max)
        return Held(
            running: Set(try answers[0].map { try $0.decode(0, as: Int64.self) }), customers: customers, facts: facts,
            contacts: try answers[2].map { try OpenContact(row: $0) }.filter { contact in
                contact.machine.state == .reserved && contact.machine.fencingToken == tokens[contact.deliveryID]
            })
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
