internal import CampaignDomain
internal import Postgres

/// What a campaign has come to, counted from its contacts.
struct CampaignTotals: Sendable {
    /// Contacts that are on their way or past it, by state.
    var deliveries: [String: Int64] = [:]
    /// Refused contacts by reason.
    var refused: [String: Int64] = [:]
    var held: Int64 = 0
    var audience: Int64 = 0
    /// The wave that was begun last, and how many customers it has looked at.
    var wave: Int32 = 0
    var done: Int64 = 0
    /// Contacts that wait for a worker, by channel.
    var reserved: [String: Int64] = [:]

    static func read(_ campaignID: Int64, in connection: PostgresConnection) async throws -> CampaignTotals {
        let answers = try await connection.pipeline([
            """
            SELECT state, CASE WHEN state = 'refused' THEN reason ELSE '' END AS reason, count(*)
            FROM campaign.visible_contact_state WHERE campaign_id = \(campaignID) GROUP BY 1, 2
            """,
            """
            SELECT coalesce(sum(members), 0)::bigint FROM campaign.visible_audience_count
            WHERE campaign_id = \(campaignID)
            """,
            """
            SELECT wave, sum(done)::bigint FROM campaign.visible_progress WHERE campaign_id = \(campaignID)
            GROUP BY wave ORDER BY wave DESC LIMIT 1
            """,
            """
            SELECT channel, count(*) FROM campaign.visible_contact_state
            WHERE campaign_id = \(campaignID) AND state = 'reserved' GROUP BY channel
            """,
        ])
        var totals = CampaignTotals()
        for row in answers[0] {
            let (state, reason, count) = try row.decode((String, String, Int64).self)
            switch DeliveryState(rawValue: state) {
            case .held: totals.held += count
            case .refused: totals.refused[reason] = count
            default: totals.deliveries[state] = count
            }
        }
        totals.audience = try answers[1][0].decode(Int64.self)
        if let row = answers[2].first { (totals.wave, totals.done) = try row.decode((Int32, Int64).self) }
        for row in answers[3] {
            let (channel, count) = try row.decode((String, Int64).self)
            totals.reserved[channel] = count
        }
        return totals
    }
}
