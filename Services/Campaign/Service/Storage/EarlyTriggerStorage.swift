internal import CampaignDomain
internal import EventLog
internal import Postgres

/// Customers whom a trigger asked for before the audience of its campaign was read to its end.
enum EarlyTriggerStorage {
    struct Early: Sendable, Hashable {
        var campaignID: Int64
        var customerID: Int64
        var channel: String
    }

    /// Once for a campaign and a channel, as contacts of triggers are.
    static func insertStatement(_ early: Set<Early>) -> SQL {
        let sorted = early.sorted {
            ($0.campaignID, $0.customerID, $0.channel) < ($1.campaignID, $1.customerID, $1.channel)
        }
        return """
            INSERT INTO campaign.early_trigger (partition, campaign_id, customer_id, channel)
            SELECT * FROM unnest(\(sorted.map { LogPartition.of(customerID: $0.customerID) }),
                \(sorted.map(\.campaignID)), \(sorted.map(\.customerID)), \(sorted.map(\.channel)))
            ON CONFLICT (partition, campaign_id, customer_id, channel) DO NOTHING
            """
    }

    /// Takes some of a campaign out; whoever takes them decides about them in the same transaction.
    static func take(
        of campaignID: Int64, limit: Int, in connection: PostgresConnection
    ) async throws -> [Early] {
        try await connection.query(
            """
            DELETE FROM campaign.early_trigger e
            USING (
                SELECT partition, customer_id, channel FROM campaign.early_trigger
                WHERE campaign_id = \(campaignID)
                ORDER BY partition, customer_id, channel LIMIT \(Int64(limit))
            ) next
            WHERE e.campaign_id = \(campaignID) AND e.partition = next.partition
                AND e.customer_id = next.customer_id AND e.channel = next.channel
            RETURNING e.customer_id, e.channel
            """
        ).map { Early(campaignID: campaignID, customerID: try $0.decode(0), channel: try $0.decode(1)) }
    }

    static func isAny(of campaignID: Int64, in connection: PostgresConnection) async throws -> Bool {
        try await !connection.query(
            "SELECT FROM campaign.early_trigger WHERE campaign_id = \(campaignID) LIMIT 1"
        ).isEmpty
    }

    /// Of campaigns that contact nobody any more.
    static func forget(_ campaigns: [Int64], in connection: PostgresConnection) async throws {
        try await connection.execute("DELETE FROM campaign.early_trigger WHERE campaign_id = ANY(\(campaigns))")
    }
}
