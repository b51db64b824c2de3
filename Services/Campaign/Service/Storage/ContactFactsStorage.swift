internal import CampaignDomain
internal import Foundation
internal import Postgres

/// Reads what the gate asks for, under the locks that make the answer hold until COMMIT.
///
/// The order is fixed for every transaction: first `contact_state`, which makes counting and reserving one step, then
/// `profile.consent_guard`, which an opt-out updates; both by ascending customer, and partition by partition. Then the
/// facts are read, each by a statement of its own, so that it sees what was committed while the locks were waited for.
enum ContactFactsStorage {
    /// - Parameter groups: customers by ascending partition.
    static func read(
        _ groups: [(partition: Int16, customers: [Int64])], purposes: [String], contactsSince since: Date,
        in connection: PostgresConnection
    ) async throws -> [Int64: ContactFacts] {
        let answers = try await connection.pipeline(
            groups.flatMap { partition, customers in
                [lockStatesStatement(partition, customers), lockGuardsStatement(partition, customers)]
                    + permissionStatements(partition, customers, purposes) + [
                        contactsStatement(partition, customers, since: since)
                    ]
            })
        var facts: [Int64: ContactFacts] = [:]
        for (index, group) in groups.enumerated() {
            let own = Array(answers[(5 * index)..<(5 * index + 5)])
            try requireStates(own[0], of: group.customers)
            facts.merge(try permissions(guards: own[1], consents: own[2], suppressions: own[3])) { $1 }
            for row in own[4] {
                let (id, channel, leftAt) = try row.decode((Int64, String, Date?).self)
                facts[id]?.earlierContacts?.append(EarlierContact(channel: channel, leftAt: leftAt))
            }
        }
        return facts
    }

    static func lockStatesStatement(_ partition: Int16, _ customers: [Int64]) -> SQL {
        """
        SELECT customer_id FROM campaign.contact_state
        WHERE partition = \(partition) AND customer_id = ANY(\(customers)) ORDER BY customer_id FOR UPDATE
        """
    }

    /// The same, passing over customers that another transaction has at the moment.
    static func lockFreeStatesStatement(_ partition: Int16, _ customers: [Int64]) -> SQL {
        """
        SELECT customer_id FROM campaign.contact_state
        WHERE partition = \(partition) AND customer_id = ANY(\(customers)) ORDER BY customer_id
        FOR UPDATE SKIP LOCKED
        """
    }

    static func lockGuardsStatement(_ partition: Int16, _ customers: [Int64]) -> SQL {
        """
        SELECT customer_id FROM profile.consent_guard
        WHERE partition = \(partition) AND customer_id = ANY(\(customers)) ORDER BY customer_id FOR SHARE
        """
    }

    /// Consents, then suppressions.
    static func permissionStatements(_ partition: Int16, _ customers: [Int64], _ purposes: [String]) -> [SQL] {
        [
            """
            SELECT customer_id, purpose, channel, granted, valid_from, valid_until FROM profile.published_consent
            WHERE partition = \(partition) AND customer_id = ANY(\(customers)) AND purpose = ANY(\(purposes))
            """,
            """
            SELECT customer_id, suppressed FROM profile.published_suppression
            WHERE partition = \(partition) AND customer_id = ANY(\(customers))
            """,
        ]
    }

    /// Facts without contacts of those customers whose guard is there; of the others nothing is known.
    static func permissions(
        guards: [PostgresRow], consents: [PostgresRow], suppressions: [PostgresRow]
    ) throws -> [Int64: ContactFacts] {
        var facts: [Int64: ContactFacts] = [:]
        for row in guards {
            facts[try row.decode(Int64.self)] = ContactFacts(isSuppressed: false, consents: [], earlierContacts: [])
        }
        for row in consents {
            let (id, purpose, channel, isGranted, validFrom, validUntil) = try row.decode(
                (Int64, String, String, Bool, Date, Date?).self)
            facts[id]?.consents?.append(
                Consent(
                    purpose: purpose, channel: channel, isGranted: isGranted, validFrom: validFrom,
                    validUntil: validUntil))
        }
        for row in suppressions {
            let (id, isSuppressed) = try row.decode((Int64, Bool).self)
            facts[id]?.isSuppressed = isSuppressed
        }
        return facts
    }

    /// Contacts that count for caps: on their way (no moment yet), or out since a moment.
    private static func contactsStatement(_ partition: Int16, _ customers: [Int64], since: Date) -> SQL {
        """
        SELECT customer_id, channel, CASE WHEN state IN ('sent', 'unknown') THEN contacted_at END
        FROM campaign.contact
        WHERE partition = \(partition) AND customer_id = ANY(\(customers))
          AND (state IN ('reserved', 'sending') OR (state IN ('sent', 'unknown') AND contacted_at > \(since)))
        """
    }

    /// Without its row a customer could not be locked, and caps would not hold.
    private static func requireStates(_ rows: [PostgresRow], of customers: [Int64]) throws {
        guard rows.count == customers.count else { throw CampaignFailure.contactStateMissing }
    }
}
