internal import Contracts
internal import RPC

/// Reads a report that contains all that was acknowledged before.
struct ReportReader: Sendable {
    let clients: SuiteClients

    /// Follows the logs: what profile has, campaign must have applied; what campaign then has, kpi must have applied.
    func report(_ campaignID: Int64) async throws -> KPIV1.CampaignReport {
        let campaign = try await caughtUp()
        let response = try await Patience.call(for: Person.analyst) { options in
            try await clients.kpi.getCampaignReport(
                KPIV1.GetCampaignReportRequest(campaignID: campaignID, after: campaign.map { [$0] } ?? []),
                options: options)
        }
        return response.report ?? KPIV1.CampaignReport()
    }

    /// Waits until campaign has applied all of the profile log; answers where its own log then stood.
    func caughtUp() async throws -> CommonV1.LogPosition? {
        let profile = try await Patience.call(for: Person.analyst) { options in
            try await clients.profile.getPosition(ProfileV1.GetPositionRequest(), options: options)
        }
        let campaign = try await Patience.call(for: Person.analyst) { options in
            try await clients.campaign.waitApplied(
                CampaignV1.WaitAppliedRequest(position: profile.position), options: options)
        }
        return campaign.position
    }

    /// Every number of every campaign, and what happened to customers.
    func verify() async throws -> KPIV1.VerifyResponse {
        try await Patience.call(for: Person.analyst) { options in
            try await clients.kpi.verify(KPIV1.VerifyRequest(), options: options)
        }
    }
}
