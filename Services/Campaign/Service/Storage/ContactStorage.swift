internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Postgres

/// A decision about one dedupe key, to be stored.
struct DecidedContact: Sendable {
    var key: DedupeKey
    var campaignVersion: Int64
    var state: DeliveryState
    var reason: String
    var traceparent: String

    var partition: Int16 { LogPartition.of(customerID: key.customerID) }
}

/// Contacts, one row per dedupe key.
enum ContactStorage {
    /// Stores decisions. A key that is there already is left as it is; where `replacingRefused`, one that was refused
    /// is decided anew. Answers with the keys that were written; no others count.
    static func insertStatement(
        _ contacts: [DecidedContact], now: Date, machineNow: Date, replacingRefused: Bool
    ) -> SQL {
        let contacts = contacts.sorted { ($0.partition, $0.key.customerID) < ($1.partition, $1.key.customerID) }
        let conflict: SQL =
            replacingRefused
            ? """
            DO UPDATE SET state = excluded.state, reason = excluded.reason, decided_at = excluded.decided_at,
                changed_at = excluded.changed_at, due_at = excluded.due_at, traceparent = excluded.traceparent,
                campaign_version = excluded.campaign_version, attempt = 0, is_repeatable = false
            WHERE contact.state = 'refused'
            """ : "DO NOTHING"
        return """
            INSERT INTO campaign.contact (partition, customer_id, campaign_id, wave, channel, delivery_id,
                campaign_version, state, reason, decided_at, changed_at, due_at, traceparent)
            SELECT i.partition, i.customer_id, i.campaign_id, i.wave, i.channel, nextval('campaign.delivery_id'),
                i.campaign_version, i.state, i.reason, \(now), \(now), \(machineNow), i.traceparent
            FROM unnest(\(contacts.map(\.partition)), \(contacts.map(\.key.customerID)),
                \(contacts.map(\.key.campaignID)), \(contacts.map(\.key.wave)), \(contacts.map(\.key.channel)),
                \(contacts.map(\.campaignVersion)), \(contacts.map(\.state.rawValue)), \(contacts.map(\.reason)),
                \(contacts.map(\.traceparent)))
                AS i(partition, customer_id, campaign_id, wave, channel, campaign_version, state, reason, traceparent)
            ON CONFLICT (partition, customer_id, campaign_id, wave, channel) \(conflict)
            RETURNING customer_id, campaign_id, wave, channel
            """
    }

    static func written(_ rows: [PostgresRow]) throws -> [DedupeKey] {
        try rows.map { row in
            let (customerID, campaignID, wave, channel) = try row.decode((Int64, Int64, Int32, String).self)
            return DedupeKey(campaignID: campaignID, customerID: customerID, wave: wave, channel: channel)
        }
    }

    /// What stands for the keys of triggers of these customers and campaigns: state and reason.
    static func triggeredStatement(customers: [Int64], campaigns: [Int64]) -> SQL {
        """
        SELECT customer_id, campaign_id, wave, channel, state, reason
        FROM campaign.contacts_of(\(customers.map(LogPartition.of(customerID:))), \(customers), \(campaigns),
            \(Wave.ofTriggers))
        """
    }

    static func triggered(_ rows: [PostgresRow]) throws -> ContactReservation.Standing {
        var standing: ContactReservation.Standing = [:]
        for row in rows {
            let (customerID, campaignID, wave, channel, state, reason) = try row.decode(
                (Int64, Int64, Int32, String, String, String).self)
            let key = DedupeKey(campaignID: campaignID, customerID: customerID, wave: wave, channel: channel)
            standing[key] = (try DeliveryState.stored(state), reason)
        }
        return standing
    }
}

extension DeliveryState {
    static func stored(_ text: String) throws(PostgresError) -> DeliveryState {
        guard let state = DeliveryState(rawValue: text) else {
            throw PostgresError(.decoding, "a contact in a state that this version does not know")
        }
        return state
    }
}
