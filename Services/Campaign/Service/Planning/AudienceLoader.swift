internal import CampaignDomain
internal import Crypto
internal import Foundation
internal import Postgres
internal import RPC

/// Reads the audience of a campaign from its snapshot, page by page, and says of each member whether it is held.
struct AudienceLoader: Sendable {
    let pool: PostgresPool
    let snapshots: SnapshotReader

    private func page(of campaign: LiveCampaign, after cursor: String) async throws -> SnapshotReader.Page {
        do {
            return try await snapshots.page(campaign.plan.snapshotID, cursor: cursor)
        } catch {
            guard error.code == .invalidArgument, !cursor.isEmpty else { throw error }
            // A cursor signed with a key that is gone: from the beginning, as members may come twice.
            return try await snapshots.page(campaign.plan.snapshotID, cursor: "")
        }
    }

    /// Takes in the next page. Says whether there was anything to do.
    func loadPage(of campaign: LiveCampaign, fencingToken: Int64) async throws -> Bool {
        let load = try await pool.withConnection { try await AudienceStorage.load(campaign.id, in: $0) }
        guard !load.isComplete else { return false }
        let page = try await page(of: campaign, after: load.cursor)
        let members = page.members.filter { $0.officePath.hasPrefix(campaign.plan.officePath) }.map { member in
            var member = member
            member.isControl = Self.isHeld(member, campaign.plan)
            return member
        }
        let following = AudienceStorage.Load(cursor: page.nextCursor, isComplete: page.nextCursor.isEmpty)
        try await pool.transaction { connection in
            guard try await PlannerLeaseStorage.holds(fencingToken, in: connection) else {
                throw CampaignFailure.fenced
            }
            if following.isComplete, !campaign.plan.triggers.isEmpty {
                // Before the rows of the page, as whoever follows events locks the campaign before its customers.
                try await LiveCampaignStorage.lockForLoading(campaign.id, in: connection)
            }
            try await AudienceStorage.insert(members, of: campaign.id, in: connection)
            try await AudienceStorage.moveLoad(campaign.id, to: following, in: connection)
        }
        return true
    }

    private static func isHeld(_ member: AudienceMember, _ plan: CampaignPlan) -> Bool {
        let text = ControlAssignment.text(
            salt: plan.salt, customerNumber: member.customerNumber, customerID: member.customerID)
        return ControlAssignment.isHeld(
            hash: SHA256.hash(data: Data(text.utf8)), controlBasisPoints: plan.controlBasisPoints)
    }
}
