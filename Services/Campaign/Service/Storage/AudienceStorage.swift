internal import CampaignDomain
internal import EventLog
internal import Postgres

/// A customer of an audience as the snapshot gave it.
struct AudienceMember: Sendable {
    var customerID: Int64
    var customerNumber: String
    var officePath: String
    var manager: String
    var isControl: Bool

    var partition: Int16 { LogPartition.of(customerID: customerID) }
}

/// The audience of a campaign, and how far it was read from its snapshot.
enum AudienceStorage {
    struct Load: Sendable {
        var cursor: String
        var isComplete: Bool
    }

    static func load(_ campaignID: Int64, in connection: PostgresConnection) async throws -> Load {
        let rows = try await connection.query(
            "SELECT page_cursor, is_complete FROM campaign.audience_load WHERE campaign_id = \(campaignID)")
        guard let row = rows.first else { return Load(cursor: "", isComplete: false) }
        let (cursor, isComplete) = try row.decode((String, Bool).self)
        return Load(cursor: cursor, isComplete: isComplete)
    }

    /// Which of the campaigns have their whole audience. A statement of its own, behind the one that locks them: what
    /// the lock waited for is then seen.
    static func completeStatement(of campaigns: [Int64]) -> SQL {
        "SELECT campaign_id FROM campaign.audience_load WHERE campaign_id = ANY(\(campaigns)) AND is_complete"
    }

    /// Takes in a page. Members that are there already stay as they are, so a page may come twice.
    static func insert(
        _ members: [AudienceMember], of campaignID: Int64, in connection: PostgresConnection
    ) async throws {
        guard !members.isEmpty else { return }
        let sorted = members.sorted { ($0.partition, $0.customerID) < ($1.partition, $1.customerID) }
        let partitions = sorted.map(\.partition)
        let ids = sorted.map(\.customerID)
        // The rows that are locked when contacts are counted are made here, in the order in which they are locked.
        _ = try await connection.pipeline([
            ContactStateStorage.makeStatement(ids),
            """
            WITH added AS (
                INSERT INTO campaign.audience (partition, campaign_id, customer_id, customer_number, office_path,
                    manager, is_control)
                SELECT i.partition, \(campaignID), i.customer_id, i.customer_number, i.office_path, i.manager,
                    i.is_control
                FROM unnest(\(partitions), \(ids), \(sorted.map(\.customerNumber)), \(sorted.map(\.officePath)),
                    \(sorted.map(\.manager)), \(sorted.map(\.isControl)))
                    AS i(partition, customer_id, customer_number, office_path, manager, is_control)
                ON CONFLICT (partition, campaign_id, customer_id) DO NOTHING
                RETURNING partition
            )
            INSERT INTO campaign.audience_count (partition, campaign_id, members)
            SELECT partition, \(campaignID), count(*) FROM added GROUP BY partition ORDER BY partition
            ON CONFLICT (partition, campaign_id) DO UPDATE SET members = audience_count.members + excluded.members
            """,
        ])
    }

    static func moveLoad(_ campaignID: Int64, to load: Load, in connection: PostgresConnection) async throws {
        try await connection.execute(
            """
            INSERT INTO campaign.audience_load (campaign_id, page_cursor, is_complete)
            VALUES (\(campaignID), \(load.cursor), \(load.isComplete))
            ON CONFLICT (campaign_id) DO UPDATE SET page_cursor = excluded.page_cursor,
                is_complete = excluded.is_complete
            """)
    }

    /// Members among the given customers, by campaign and customer.
    static func membersStatement(of campaigns: [Int64], customers: [Int64]) -> SQL {
        """
        SELECT campaign_id, customer_id, customer_number, office_path, manager, is_control
        FROM campaign.members_of(\(customers.map(LogPartition.of(customerID:))), \(customers), \(campaigns))
        """
    }

    static func members(_ rows: [PostgresRow]) throws -> [Membership: AudienceMember] {
        var members: [Membership: AudienceMember] = [:]
        for row in rows {
            let (campaignID, id, number, officePath, manager, isControl) = try row.decode(
                (Int64, Int64, String, String, String, Bool).self)
            members[Membership(campaignID: campaignID, customerID: id)] = AudienceMember(
                customerID: id, customerNumber: number, officePath: officePath, manager: manager, isControl: isControl)
        }
        return members
    }
}

/// A customer in a campaign.
struct Membership: Sendable, Hashable {
    var campaignID: Int64
    var customerID: Int64
}
