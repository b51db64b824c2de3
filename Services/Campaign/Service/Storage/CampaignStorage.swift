internal import CampaignDomain
internal import Foundation
internal import Postgres

/// Campaigns and the versions of their plans. Row-level security shows a person's connection those of the person's
/// office alone.
enum CampaignStorage {
    static func nextID(in connection: PostgresConnection) async throws -> Int64 {
        try await connection.query("SELECT nextval('campaign.campaign_id')")[0].decode(Int64.self)
    }

    static func insert(_ campaign: Campaign, in connection: PostgresConnection) async throws {
        try await connection.execute(
            """
            INSERT INTO campaign.campaign (campaign_id, office_path, state, version, maker, makers, checker, created_at,
                started_at, closed_at, is_imported)
            VALUES (\(campaign.id), \(campaign.plan.officePath), \(campaign.state.rawValue), \(campaign.version),
                \(campaign.maker), \(campaign.makers.sorted()), \(campaign.checker), \(campaign.createdAt),
                \(campaign.startedAt as Date?), \(campaign.closedAt as Date?), \(campaign.isImported))
            """)
        try await insertVersion(campaign, at: campaign.createdAt, in: connection)
        try await moveRevision(in: connection)
    }

    static func insertVersion(_ campaign: Campaign, at moment: Date, in connection: PostgresConnection) async throws {
        let plan = try StoredPlan.encode(campaign.plan)
        try await connection.execute(
            """
            INSERT INTO campaign.campaign_version (campaign_id, version, plan, maker, made_at, offer_title, offer_text)
            VALUES (\(campaign.id), \(campaign.version), \(plan), \(campaign.maker), \(moment),
                \(campaign.words.title), \(campaign.words.text))
            """)
    }

    static func find(_ id: Int64, in connection: PostgresConnection) async throws -> Campaign? {
        let sql = SQL("\(selection) WHERE campaign_id = \(id)")
        return try await connection.query(sql).first.map(Campaign.init(row:))
    }

    /// Newest first, below an id; from the newest where it is nil.
    static func list(below id: Int64?, limit: Int, in connection: PostgresConnection) async throws -> [Campaign] {
        let sql = SQL(
            "\(selection) WHERE campaign_id < \(id ?? .max) ORDER BY campaign_id DESC LIMIT \(limit)")
        return try await connection.query(sql).map(Campaign.init(row:))
    }

    /// Writes what a step made of a campaign, if nobody was faster. The row's lock waits for whoever reserves or sends
    /// contacts of this campaign at the moment.
    ///
    /// - Returns: false where the campaign is no longer as it was read.
    static func replace(_ old: Campaign, by new: Campaign, in connection: PostgresConnection) async throws -> Bool {
        let updated = try await connection.execute(
            """
            UPDATE campaign.campaign SET office_path = \(new.plan.officePath), state = \(new.state.rawValue),
                version = \(new.version), maker = \(new.maker), makers = \(new.makers.sorted()),
                checker = \(new.checker), started_at = \(new.startedAt as Date?), closed_at = \(new.closedAt as Date?)
            WHERE campaign_id = \(new.id) AND state = \(old.state.rawValue) AND version = \(old.version)
            """)
        guard updated == 1 else { return false }
        try await moveRevision(in: connection)
        return true
    }

    private static func moveRevision(in connection: PostgresConnection) async throws {
        try await connection.execute("UPDATE campaign.revision SET number = number + 1")
    }

    private static let selection: SQL = """
        SELECT campaign_id, plan, state, version, maker, makers, checker, created_at, started_at, closed_at, is_imported,
            offer_title, offer_text
        FROM campaign.visible_campaign
        """
}

extension Campaign {
    fileprivate init(row: PostgresRow) throws {
        let state: String = try row.decode(2)
        guard let state = CampaignState(rawValue: state) else {
            throw PostgresError(.decoding, "a campaign in a state that this version does not know")
        }
        self.init(
            id: try row.decode(0), plan: try StoredPlan.decode(try row.decode(1)),
            words: OfferWords(title: try row.decode(11), text: try row.decode(12)), state: state,
            version: try row.decode(3), maker: try row.decode(4), makers: Set(try row.decode(5, as: [String].self)),
            checker: try row.decode(6), createdAt: try row.decode(7), startedAt: try row.decode(8),
            closedAt: try row.decode(9), isImported: try row.decode(10))
    }
}
