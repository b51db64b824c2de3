internal import CampaignDomain
internal import Contracts
internal import EventLog
internal import Foundation
internal import RPC
internal import ServiceKit

extension CampaignHandler {
    /// Campaigns of one page, at most.
    private static var campaignsAtOnce: Int { 50 }

    func getCampaign(
        _ request: CampaignV1.GetCampaignRequest, context: CallContext
    ) async throws -> CampaignV1.GetCampaignResponse {
        try Gate.require(.readCampaigns, context, orMachines: Self.machines)
        let (campaign, totals, policy) = try await read(context) { connection in
            guard let campaign = try await CampaignStorage.find(request.campaignID, in: connection) else {
                throw CampaignFailure.unknownCampaign
            }
            let totals = try await CampaignTotals.read(campaign.id, in: connection)
            // Only what is reserved can wait for quiet hours, and mostly nothing is.
            guard !totals.reserved.isEmpty else { return (campaign, totals, nil as ContactPolicy?) }
            return (campaign, totals, try await PolicyStorage.current(in: connection).policy)
        }
        let wait = try await policy?.quietWait(
            of: totals.reserved, at: clock.now(), leases: leases.newest, in: clock.timeZone)
        return CampaignV1.GetCampaignResponse(campaign: CampaignV1.Campaign(campaign, totals, wait))
    }

    /// Newest first; totals are with `GetCampaign`.
    func listCampaigns(
        _ request: CampaignV1.ListCampaignsRequest, context: CallContext
    ) async throws -> CampaignV1.ListCampaignsResponse {
        try Gate.require(.readCampaigns, context, orMachines: Self.machines)
        let cursor = ListCursor(dependencies.pages, context)
        let below = try cursor.numbers(request.pageCursor)?.first
        let campaigns = try await read(context) {
            try await CampaignStorage.list(below: below, limit: Self.campaignsAtOnce + 1, in: $0)
        }
        let page = try Page(campaigns, limit: Self.campaignsAtOnce) { CampaignV1.Campaign($0) }
        return CampaignV1.ListCampaignsResponse(
            campaigns: page.messages, nextPageCursor: page.last.map { cursor.sign([$0.id]) } ?? "")
    }

    func waitApplied(
        _ request: CampaignV1.WaitAppliedRequest, context: CallContext
    ) async throws -> CampaignV1.WaitAppliedResponse {
        if let wanted = request.position {
            guard wanted.log == "profile" else { throw CampaignFailure.foreignLog }
            var position = LogPosition()
            for offset in wanted.offsets {
                guard LogPartition.all.contains(Int16(clamping: offset.partition)) else {
                    throw CampaignFailure.foreignLog
                }
                position[Int16(offset.partition)] = max(position[Int16(offset.partition)], offset.offset)
            }
            try await consumer.waitUntilApplied(position, deadline: context.deadline)
        }
        let heads = try await pool.withConnection(deadline: context.deadline) {
            try await LogHeads.read(schema: "campaign", in: $0)
        }
        return CampaignV1.WaitAppliedResponse(position: Self.position(heads, log: "campaign"))
    }
}
