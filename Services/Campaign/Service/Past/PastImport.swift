internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Postgres

/// Takes in a finished campaign of the past, with its arms as they were assigned then.
struct PastImport: Sendable {
    /// Contacts of one chunk.
    static let chunkLimit = 2_000
    /// Outcomes of one contact.
    static let outcomeLimit = 100

    let writer = EventLogWriter(schema: "campaign")

    struct Contact: Sendable {
        var identityKind: String
        var identityValue: String
        var arm: String
        var channel: String
        var contactedAt: Date
        var outcomes: [Outcome]
    }

    struct Outcome: Sendable {
        var valueMinor: Int64
        var occurredAt: Date
    }

    struct Refusal: Sendable {
        var index: Int
        var field: String
        var code: String
        var reason: String
    }

    struct Taken: Sendable {
        var accepted = 0
        var refused: [Refusal] = []
        var position = LogPosition()
    }

    private struct Row {
        var contact: Contact
        var arm: PastArm
        var customer: PastStorage.Customer
        var key: DedupeKey
    }

    /// Stores one chunk and logs its contacts and outcomes, in the caller's transaction.
    func take(
        _ contacts: [Contact], chunk: Int64, of campaign: LiveCampaign, arms: [PastArm], now: Date,
        in connection: PostgresConnection
    ) async throws -> Taken {
        var taken = Taken()
        let customers = try await PastStorage.customers(
            contacts.map { ($0.identityKind, $0.identityValue) }, officePath: campaign.plan.officePath, in: connection)
        let armByName = Dictionary(uniqueKeysWithValues: arms.map { ($0.name, $0) })
        var rows: [DedupeKey: (index: Int, row: Row)] = [:]
        for (index, contact) in contacts.enumerated() {
            do throws(PastRefusal) {
                let row = try Self.row(contact, customers[index], armByName, campaign, now: now)
                guard rows[row.key] == nil else { throw PastRefusal.duplicate }
                rows[row.key] = (index, row)
            } catch {
                taken.refused.append(error.refusal(at: index))
            }
        }
        let written = try await PastStorage.insert(
            rows.values.map { PastStorage.Contact($0.row.key, $0.row.arm, at: $0.row.contact.contactedAt) },
            campaignVersion: campaign.version, now: now, in: connection)
        var entries: [NewLogEntry] = []
        for (key, (index, row)) in rows.sorted(by: { $0.value.index < $1.value.index }) {
            guard written.contains(key) else {
                taken.refused.append(PastRefusal.duplicate.refusal(at: index))
                continue
            }
            taken.accepted += 1
            entries += try Self.entries(row, campaign, chunk: chunk, index: index, recordedAt: now)
        }
        let offsets = try await writer.append(entries, in: connection)
        for (entry, offset) in zip(entries, offsets) {
            taken.position[entry.partition] = max(taken.position[entry.partition], offset)
        }
        taken.refused.sort { $0.index < $1.index }
        return taken
    }

    private static func row(
        _ contact: Contact, _ customer: PastStorage.Customer?, _ arms: [String: PastArm], _ campaign: LiveCampaign,
        now: Date
    ) throws(PastRefusal) -> Row {
        let past = Date(timeIntervalSince1970: 0)...now
        guard let customer else { throw .unknownCustomer }
        guard let arm = arms[contact.arm] else { throw .unknownArm }
        guard Names.isPlain(contact.channel) else { throw .channel }
        guard past.contains(contact.contactedAt), contact.contactedAt > past.lowerBound else { throw .moment }
        guard contact.outcomes.count <= outcomeLimit else { throw .tooManyOutcomes }
        if let index = contact.outcomes.firstIndex(where: { !(contact.contactedAt...now).contains($0.occurredAt) }) {
            throw .outcomeMoment(index)
        }
        let values = -EventProperties.largestMinorUnits...EventProperties.largestMinorUnits
        if let index = contact.outcomes.firstIndex(where: { !values.contains($0.valueMinor) }) {
            throw .outcomeValue(index)
        }
        let key = DedupeKey(
            campaignID: campaign.id, customerID: customer.customerID, wave: 1, channel: contact.channel)
        return Row(contact: contact, arm: arm, customer: customer, key: key)
    }

    private static func entries(
        _ row: Row, _ campaign: LiveCampaign, chunk: Int64, index: Int, recordedAt: Date
    ) throws -> [NewLogEntry] {
        let cut = ContactCut(
            campaign: campaign, officePath: row.customer.officePath, manager: row.customer.manager, arm: row.arm.name,
            isControl: row.arm.isControl, wave: 1, channel: row.contact.channel)
        let moment = row.contact.contactedAt
        let first =
            row.arm.isControl
            ? try LogEntries.held(row.key, cut, at: moment, recordedAt: recordedAt)
            : try LogEntries.contacted(row.key, cut, delivery: .sent, at: moment, recordedAt: recordedAt)
        return try [first]
            + row.contact.outcomes.enumerated().map { place, outcome in
                try LogEntries.outcome(
                    customerID: row.customer.customerID, cut, eventType: campaign.plan.conversionEventType,
                    eventID: "import.\(campaign.id).\(chunk).\(index).\(place)", valueMinor: outcome.valueMinor,
                    at: outcome.occurredAt, recordedAt: recordedAt)
            }
    }
}

/// Why a contact of the past was not taken.
private enum PastRefusal: Error {
    case unknownCustomer
    case unknownArm
    case channel
    case moment
    case tooManyOutcomes
    case outcomeMoment(Int)
    case outcomeValue(Int)
    case duplicate

    func refusal(at index: Int) -> PastImport.Refusal {
        let (field, code, reason) =
            switch self {
            case .unknownCustomer:
                ("identity", "unknown_customer", "No customer of the campaign's office has this identity.")
            case .unknownArm: ("arm", "unknown_arm", "Name one of the arms that the campaign was opened with.")
            case .channel: ("channel", "wrong_channel", "Name the channel, for example mail.")
            case .moment: ("contacted_at_micros", "wrong_moment", "Say when the contact was made, no later than now.")
            case .tooManyOutcomes:
                ("outcomes", "too_many", "Give at most \(PastImport.outcomeLimit) outcomes of one contact.")
            case .outcomeMoment(let place):
                (
                    "outcomes[\(place)].occurred_at_micros", "wrong_moment",
                    "Say when it happened: after the contact, and no later than now."
                )
            case .outcomeValue(let place):
                (
                    "outcomes[\(place)].value_minor", "wrong_value",
                    "Give at most \(EventProperties.largestMinorUnits), in minor units of the currency."
                )
            case .duplicate: ("identity", "duplicate", "The customer has a contact through this channel already.")
            }
        return PastImport.Refusal(
            index: index, field: "contacts[\(index)].\(field)", code: code, reason: reason)
    }
}
