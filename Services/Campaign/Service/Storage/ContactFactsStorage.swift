internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Postgres

/// Reads what the gate asks for, under the locks that make the answer hold until COMMIT.
///
/// The order is fixed for every transaction: partition by partition, first `contact_state`, which makes counting and
/// reserving one step, then `profile.consent_guard`, which an opt-out updates; both by ascending customer. Then the facts
/// are read, each by a statement of its own, so that it sees what was committed while the locks were waited for.
enum ContactFactsStorage {
    /// Waits for the locks.
    ///
    /// - Throws: where a customer has no row to lock: caps would not hold.
    static func read(
        of customers: Set<Int64>, purposes: [String], contactsSince since: Date, in connection: PostgresConnection
    ) async throws -> [Int64: ContactFacts] {
        let rows = try await connection.query(
            lockStatement(customers, purposes, contactsSince: since, passesOver: false))
        let found = try facts(rows)
        guard found.locked.count == customers.count else { throw CampaignFailure.contactStateMissing }
        return found.facts
    }

    /// Passes over customers whom another transaction has at the moment, also one that changes their consents, and reads
    /// no contacts.
    static func lockFreeStatement(_ customers: Set<Int64>, purposes: [String]) -> SQL {
        lockStatement(customers, purposes, contactsSince: nil, passesOver: true)
    }

    private static func lockStatement(
        _ customers: Set<Int64>, _ purposes: [String], contactsSince since: Date?, passesOver: Bool
    ) -> SQL {
        let sorted = customers.map { (partition: LogPartition.of(customerID: $0), id: $0) }
            .sorted { ($0.partition, $0.id) < ($1.partition, $1.id) }
        var partitions: [Int16] = []
        var ends: [Int32] = []
        for (index, customer) in sorted.enumerated() {
            if partitions.last != customer.partition {
                partitions.append(customer.partition)
                ends.append(0)
            }
            ends[ends.count - 1] = Int32(index + 1)
        }
        return """
            SELECT kind, customer_id, purpose, channel, flag, moment, valid_until
            FROM campaign.lock_facts(\(partitions), \(ends), \(sorted.map(\.id)), \(purposes), \(since as Date?),
                \(passesOver))
            """
    }

    /// Which customers are locked, and the facts of those whose guard is there; of the others nothing is known.
    static func facts(_ rows: [PostgresRow]) throws -> (locked: Set<Int64>, facts: [Int64: ContactFacts]) {
        var locked: Set<Int64> = []
        var facts: [Int64: ContactFacts] = [:]
        for row in rows {
            let id: Int64 = try row.decode(1)
            switch try row.decode(0, as: Int16.self) {
            case 1: locked.insert(id)
            case 2: facts[id] = ContactFacts(isSuppressed: false, consents: [], earlierContacts: [])
            case 3:
                facts[id]?.consents?.append(
                    Consent(
                        purpose: try row.decode(2), channel: try row.decode(3), isGranted: try row.decode(4),
                        validFrom: try row.decode(5), validUntil: try row.decode(6)))
            case 4: facts[id]?.isSuppressed = try row.decode(4)
            default:
                // On its way (no moment yet), or out since a moment.
                facts[id]?.earlierContacts?.append(
                    EarlierContact(channel: try row.decode(3), leftAt: try row.decode(5)))
            }
        }
        return (locked, facts)
    }
}
