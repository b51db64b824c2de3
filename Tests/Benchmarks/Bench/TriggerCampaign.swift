internal import Contracts
internal import RPC

/// A running campaign whose trigger contacts every customer of the bank at an event of one type.
struct TriggerCampaign: Sendable {
    static let eventType = "fund.viewed"
    private static let maker = options("lin.maker", "marketer")
    private static let checker = options("zhou.checker", "approver")

    let suite: BenchmarkSuite
    let customerCount: Int

    private static func options(_ user: String, _ role: String) -> CallOptions {
        CallOptions(
            timeout: .seconds(60), principal: Principal(user: user, roles: [role], officePath: "/"))
    }

    /// Returns when the audience was read.
    func start() async throws {
        let campaign = try suite.campaign()
        _ = try await campaign.putProduct(
            .init(product: .init(code: "fund", name: "Fund", class: "fund")), options: Self.maker)
        _ = try await campaign.putOffer(
            .init(offer: .init(code: "fund-talk", productCode: "fund", title: "Talk to us", text: "About this fund.")),
            options: Self.maker)
        // Caps are looked at for every contact; there are no quiet hours, so that it does not matter when this runs.
        _ = try await campaign.putContactPolicy(
            .init(policy: .init(caps: [.init(channel: "*", contacts: 3, windowMicros: 7 * 86_400_000_000)])),
            options: Self.checker)
        let draft =
            try await campaign.createCampaign(
                .init(plan: try await plan()), options: Self.maker
            ).campaign ?? .init()
        _ = try await campaign.approveCampaign(
            .init(campaignID: draft.campaignID, version: draft.version, reason: "benchmark"), options: Self.checker)
        _ = try await campaign.startCampaign(.init(campaignID: draft.campaignID), options: Self.maker)
        try await waitForAudience(draft.campaignID)
    }

    private func plan() async throws -> CampaignV1.CampaignPlan {
        let segmentation = try suite.segmentation()
        let segment = try await segmentation.createSegment(
            .init(name: "Gold", rule: .init(form: .text(#"tier = "gold""#)), officePath: "/"), options: Self.maker
        ).segment
        let snapshot = try await segmentation.freeze(
            .init(segmentID: segment?.segmentID ?? 0), options: Self.maker
        ).snapshot
        return CampaignV1.CampaignPlan(
            name: "Fund talk", officePath: "/", offerCode: "fund-talk", purpose: "marketing",
            snapshotID: snapshot?.snapshotID ?? 0, controlBasisPoints: 0, salt: "benchmark",
            conversionEventType: "fund.bought", conversionWindowMicros: 30 * 86_400_000_000,
            triggers: [
                .init(
                    eventType: Self.eventType,
                    conditions: [.init(property: "seconds", operator: ">=", value: .number(10))],
                    channel: BenchmarkFiles.channel)
            ])
    }

    private func waitForAudience(_ campaignID: Int64) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while true {
            let progress = try await suite.campaign().getCampaign(
                .init(campaignID: campaignID), options: Self.maker
            ).campaign?.progress
            if let progress, progress.total >= Int64(customerCount) { return }
            guard .now < end else { throw BenchmarkSuiteError("The audience of the campaign was not read.") }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
