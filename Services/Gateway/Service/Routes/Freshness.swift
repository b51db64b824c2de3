internal import Contracts
internal import RPC

/// Where the logs must have been read to, so that a reply holds everything that was acknowledged before it was asked
/// for.
enum Freshness {
    /// The heads of the profile log.
    static func profile(
        _ clients: GatewayClients, _ options: CallOptions
    ) async throws(RPCError) -> CommonV1.LogPosition {
        try await clients.profile.getPosition(ProfileV1.GetPositionRequest(), options: options).position.present()
    }

    /// Where the campaign log stood once campaign had applied the profile log to its heads: outcomes that were acknowledged
    /// are then in it, and reports of campaigns are counted from it alone.
    static func report(
        _ clients: GatewayClients, _ options: CallOptions
    ) async throws(RPCError) -> [CommonV1.LogPosition] {
        let profile = try await profile(clients, options)
        let campaign = try await clients.campaign.waitApplied(
            CampaignV1.WaitAppliedRequest(position: profile), options: options)
        return [try campaign.position.present()]
    }

    /// The heads of the logs that activity is counted from.
    static func activity(
        _ clients: GatewayClients, _ options: CallOptions
    ) async throws(RPCError) -> [CommonV1.LogPosition] {
        let profile = try await profile(clients, options)
        let segmentation = try await clients.segmentation.getPosition(
            SegmentationV1.GetPositionRequest(), options: options)
        return [profile, try segmentation.position.present()]
    }
}
