internal import Contracts
internal import RPC
internal import RPCNNGTransport

/// Calls to the suite services from the command, made for one person.
struct SuiteClients: Sendable {
    let profile: ProfileV1.ProfileServiceClient
    let segmentation: SegmentationV1.SegmentationServiceClient
    let campaign: CampaignV1.CampaignServiceClient
    let kpi: KPIV1.KPIServiceClient
    private let channels: [String: NNGChannel]

    init(key: ServiceKey, endpoint: (String) -> String) throws {
        var channels: [String: NNGChannel] = [:]
        for service in SuiteFolder.services where service != "gateway" {
            channels[service] = try NNGChannel(serviceName: service, endpoints: [endpoint(service)], key: key)
        }
        func channel(_ service: String) -> any RPCCaller { channels[service]! }
        profile = ProfileV1.ProfileServiceClient(channel("profile"))
        segmentation = SegmentationV1.SegmentationServiceClient(channel("segmentation"))
        campaign = CampaignV1.CampaignServiceClient(channel("campaign"))
        kpi = KPIV1.KPIServiceClient(channel("kpi"))
        self.channels = channels
    }

    func health(of service: String) async throws(RPCError) -> RPCV1.HealthResponse {
        try await RPCV1.SuiteServiceClient(channels[service]!).health(RPCV1.HealthRequest())
    }

    func close() async {
        for channel in channels.values { await channel.close() }
    }
}

/// The people of the sandbox and of the command.
enum Person {
    /// Who sits at the terminal of the machine: imports and administers.
    static let atTerminal = Principal(user: "operator", roles: ["operator", "admin"], officePath: "/")
    static let maker = Principal(user: "lin.maker", roles: ["marketer"], officePath: "/")
    static let checker = Principal(user: "zhou.checker", roles: ["approver"], officePath: "/")
    static let analyst = Principal(user: "he.analyst", roles: ["analyst"], officePath: "/")
}
