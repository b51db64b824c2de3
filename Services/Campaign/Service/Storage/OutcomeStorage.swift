internal import CampaignDomain
internal import Postgres

/// Conversions that were counted, so that an event counts once for a campaign.
enum OutcomeStorage {
    struct Key: Sendable, Hashable {
        var membership: Membership
        var eventID: String
    }

    /// - Returns: those that were not there.
    static func insert(
        _ keys: [Key], partition: Int16, in connection: PostgresConnection
    ) async throws -> Set<Key> {
        guard !keys.isEmpty else { return [] }
        let rows = try await connection.query(
            """
            INSERT INTO campaign.outcome (partition, customer_id, campaign_id, event_id)
            SELECT \(partition), i.customer_id, i.campaign_id, i.event_id
            FROM unnest(\(keys.map(\.membership.customerID)), \(keys.map(\.membership.campaignID)),
                \(keys.map(\.eventID))) AS i(customer_id, campaign_id, event_id)
            ON CONFLICT (partition, customer_id, campaign_id, event_id) DO NOTHING
            RETURNING customer_id, campaign_id, event_id
            """)
        return Set(
            try rows.map { row in
                let (customerID, campaignID, eventID) = try row.decode((Int64, Int64, String).self)
                return Key(membership: Membership(campaignID: campaignID, customerID: customerID), eventID: eventID)
            })
    }

    /// Wave and channel through which each was last contacted, or held, in the campaign.
    static func latestContacts(
        _ partition: Int16, _ memberships: Set<Membership>, in connection: PostgresConnection
    ) async throws -> [Membership: (wave: Int32, channel: String)] {
        guard !memberships.isEmpty else { return [:] }
        let rows = try await connection.query(
            """
            SELECT customer_id, campaign_id, wave, channel FROM campaign.contact
            WHERE partition = \(partition) AND customer_id = ANY(\(Set(memberships.map(\.customerID)).sorted()))
              AND campaign_id = ANY(\(Set(memberships.map(\.campaignID)).sorted()))
              AND state IN ('sending', 'sent', 'unknown', 'held')
            ORDER BY coalesce(contacted_at, decided_at), wave, channel
            """)
        var latest: [Membership: (wave: Int32, channel: String)] = [:]
        for row in rows {
            let (customerID, campaignID, wave, channel) = try row.decode((Int64, Int64, Int32, String).self)
            latest[Membership(campaignID: campaignID, customerID: customerID)] = (wave, channel)
        }
        return latest
    }
}
