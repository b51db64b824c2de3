internal import CampaignDomain
internal import Postgres

/// Conversions that were counted, so that an event counts once for a campaign.
enum OutcomeStorage {
    struct Key: Sendable, Hashable {
        var membership: Membership
        var eventID: String

        /// Byte by byte, as the database compares: ids that only look the same are two events.
        static func == (one: Key, other: Key) -> Bool {
            one.membership == other.membership && one.eventID.utf8.elementsEqual(other.eventID.utf8)
        }
    }

    /// Answers with those that were not there.
    static func insertStatement(_ keys: [Key], partition: Int16) -> SQL {
        """
        INSERT INTO campaign.outcome (partition, customer_id, campaign_id, event_id)
        SELECT \(partition), i.customer_id, i.campaign_id, i.event_id
        FROM unnest(\(keys.map(\.membership.customerID)), \(keys.map(\.membership.campaignID)),
            \(keys.map(\.eventID))) AS i(customer_id, campaign_id, event_id)
        ON CONFLICT (partition, customer_id, campaign_id, event_id) DO NOTHING
        RETURNING customer_id, campaign_id, event_id
        """
    }

    static func inserted(_ rows: [PostgresRow]) throws -> [Key] {
        try rows.map { row in
            let (customerID, campaignID, eventID) = try row.decode((Int64, Int64, String).self)
            return Key(membership: Membership(campaignID: campaignID, customerID: customerID), eventID: eventID)
        }
    }

    /// Wave and channel through which each was last contacted, or held, in the campaign.
    static func latestContactsStatement(_ keys: [Key], partition: Int16) -> SQL {
        """
        SELECT customer_id, campaign_id, wave, channel FROM campaign.contact
        WHERE partition = \(partition) AND customer_id = ANY(\(Set(keys.map(\.membership.customerID)).sorted()))
          AND campaign_id = ANY(\(Set(keys.map(\.membership.campaignID)).sorted()))
          AND state IN ('sending', 'sent', 'unknown', 'held')
        ORDER BY coalesce(contacted_at, decided_at), wave, channel
        """
    }

    static func latestContacts(_ rows: [PostgresRow]) throws -> [Membership: (wave: Int32, channel: String)] {
        var latest: [Membership: (wave: Int32, channel: String)] = [:]
        for row in rows {
            let (customerID, campaignID, wave, channel) = try row.decode((Int64, Int64, Int32, String).self)
            latest[Membership(campaignID: campaignID, customerID: customerID)] = (wave, channel)
        }
        return latest
    }
}
