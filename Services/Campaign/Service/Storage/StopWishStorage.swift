internal import Postgres

/// Campaigns that are about to be stopped.
///
/// Whoever reserves or sends contacts holds the campaign's row shared, and Postgres lets the next one join without regard to
/// who waits to change it: under load a pause could wait for ever. So nobody joins for a campaign that is to stop.
enum StopWishStorage {
    /// Until it is taken back, at the longest for so many seconds; to be committed before the row is waited for.
    static func put(_ campaignID: Int64, seconds: Double, in connection: PostgresConnection) async throws {
        try await connection.execute(
            """
            INSERT INTO campaign.stop_wish (campaign_id, until)
            SELECT campaign_id, now() + make_interval(secs => \(seconds)) FROM campaign.visible_campaign
            WHERE campaign_id = \(campaignID) AND state = 'running'
            ON CONFLICT (campaign_id) DO UPDATE SET until = excluded.until
            """)
    }

    static func remove(_ campaignID: Int64, in connection: PostgresConnection) async throws {
        // Nobody takes back what a person of another office wishes.
        let visible = try await connection.query(
            "SELECT FROM campaign.visible_campaign WHERE campaign_id = \(campaignID)")
        guard !visible.isEmpty else { return }
        try await connection.execute("DELETE FROM campaign.stop_wish WHERE campaign_id = \(campaignID)")
    }
}
