internal import Postgres

/// What a report calls a campaign.
struct CampaignName: Sendable, Hashable {
    var campaignID: Int64
    var version: Int64
    var name: String
    var currency: String
}

enum CampaignNameStorage {
    /// Keeps the newest version of each name, in whatever order they come.
    static func putStatement(_ names: [CampaignName]) -> SQL {
        let sorted = names.sorted { $0.campaignID < $1.campaignID }
        return """
            INSERT INTO kpi.campaign (campaign_id, version, name, currency)
            SELECT * FROM unnest(\(sorted.map(\.campaignID))::bigint[], \(sorted.map(\.version))::bigint[],
                \(sorted.map(\.name))::text[], \(sorted.map(\.currency))::text[])
            ON CONFLICT (campaign_id) DO UPDATE SET version = excluded.version, name = excluded.name,
                currency = excluded.currency
            WHERE campaign.version < excluded.version
            """
    }

    /// Whether an entry of the campaign was ever counted; a rebuild does not take its name back.
    static func isKnown(_ campaignID: Int64, in connection: PostgresConnection) async throws -> Bool {
        try await !connection.query("SELECT FROM kpi.campaign WHERE campaign_id = \(campaignID)").isEmpty
    }

    static func visible(
        _ campaignID: Int64, in connection: PostgresConnection
    ) async throws -> (name: String, currency: String)? {
        let rows = try await connection.query(
            "SELECT name, currency FROM kpi.visible_campaign WHERE campaign_id = \(campaignID)")
        guard let row = rows.first else { return nil }
        let (name, currency) = try row.decode(String.self, String.self)
        return (name, currency)
    }
}
