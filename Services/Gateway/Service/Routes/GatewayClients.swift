internal import Contracts
public import RPC

/// The suite services behind the gateway.
public struct GatewayClients: Sendable {
    let profile: ProfileV1.ProfileServiceClient
    let segmentation: SegmentationV1.SegmentationServiceClient
    let campaign: CampaignV1.CampaignServiceClient
    let kpi: KPIV1.KPIServiceClient

    public init(
        profile: any RPCCaller, segmentation: any RPCCaller, campaign: any RPCCaller, kpi: any RPCCaller
    ) {
        self.profile = ProfileV1.ProfileServiceClient(profile)
        self.segmentation = SegmentationV1.SegmentationServiceClient(segmentation)
        self.campaign = CampaignV1.CampaignServiceClient(campaign)
        self.kpi = KPIV1.KPIServiceClient(kpi)
    }
}

extension Optional {
    /// What a reply must hold; a suite service that leaves it out is at fault.
    func present() throws(RPCError) -> Wrapped {
        guard let self else { throw RPCError(.internalError, "The reply of a suite service lacks its content.") }
        return self
    }
}
