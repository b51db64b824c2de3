internal import CampaignDomain
internal import Foundation
internal import Postgres

/// A campaign that has left the drafts, as those see it who carry it out. Its plan and its words can no longer change.
struct LiveCampaign: Sendable {
    var id: Int64
    var version: Int64
    var state: CampaignState
    var plan: CampaignPlan
    var offerTitle: String
    var offerText: String
    var startedAt: Date?
    var closedAt: Date?
}

/// Reads campaigns that were started.
enum LiveCampaignStorage {
    /// State, version and times of every campaign that was started here; what changes.
    struct Standing: Sendable {
        var id: Int64
        var version: Int64
        var state: CampaignState
        var startedAt: Date?
        var closedAt: Date?
    }

    /// Which revision of the campaigns and which version of the contact policy stand: one row.
    static let revisionStatement: SQL = """
        SELECT number, (SELECT coalesce(max(version), 0) FROM campaign.contact_policy) FROM campaign.revision
        """

    static func standings(in connection: PostgresConnection) async throws -> [Standing] {
        try await connection.query(
            """
            SELECT campaign_id, version, state, started_at, closed_at FROM campaign.campaign
            WHERE started_at IS NOT NULL AND NOT is_imported
            """
        ).map { row in
            Standing(
                id: try row.decode(0), version: try row.decode(1),
                state: CampaignState(rawValue: try row.decode(2)) ?? .closed, startedAt: try row.decode(3),
                closedAt: try row.decode(4))
        }
    }

    /// What is fixed of the given campaigns: plan and words of the version that was approved.
    static func fixed(
        _ standings: [Standing], in connection: PostgresConnection
    ) async throws -> [Int64: LiveCampaign] {
        guard !standings.isEmpty else { return [:] }
        let rows = try await connection.query(
            """
            SELECT campaign_id, version, plan, coalesce(offer_title, ''), coalesce(offer_text, '')
            FROM campaign.campaign_version WHERE campaign_id = ANY(\(standings.map(\.id)))
            """)
        let byID = Dictionary(uniqueKeysWithValues: standings.map { ($0.id, $0) })
        var campaigns: [Int64: LiveCampaign] = [:]
        for row in rows {
            let (id, version, plan, title, text) = try row.decode(
                (Int64, Int64, PostgresJSON, String, String).self)
            guard let standing = byID[id], standing.version == version else { continue }
            campaigns[id] = LiveCampaign(
                id: id, version: version, state: standing.state, plan: try StoredPlan.decode(plan), offerTitle: title,
                offerText: text, startedAt: standing.startedAt, closedAt: standing.closedAt)
        }
        return campaigns
    }

    /// Locks a campaign with triggers while the last page of its audience is stored: who finds a customer to be no
    /// member yet, and the audience unfinished, has said so before it is there.
    static func lockForLoading(_ id: Int64, in connection: PostgresConnection) async throws {
        _ = try await connection.query(
            "SELECT FROM campaign.campaign WHERE campaign_id = \(id) FOR NO KEY UPDATE")
    }

    /// Which of them run, whether or not somebody is about to stop them.
    static func runningStatement(_ ids: [Int64]) -> SQL {
        "SELECT campaign_id FROM campaign.campaign WHERE campaign_id = ANY(\(ids)) AND state = 'running'"
    }

    /// Locks campaigns against a change of their state and says which of them run now and are not about to be stopped.
    static func lockRunningStatement(_ ids: [Int64]) -> SQL {
        """
        SELECT campaign_id FROM campaign.campaign c
        WHERE campaign_id = ANY(\(ids)) AND state = 'running' AND NOT EXISTS
            (SELECT FROM campaign.stop_wish w WHERE w.campaign_id = c.campaign_id AND w.until > now())
        ORDER BY campaign_id FOR SHARE OF c
        """
    }
}
