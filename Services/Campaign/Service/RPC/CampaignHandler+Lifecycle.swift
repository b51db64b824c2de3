internal import CampaignDomain
internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import ServiceKit

extension CampaignHandler {
    func createCampaign(
        _ request: CampaignV1.CreateCampaignRequest, context: CallContext
    ) async throws -> CampaignV1.CreateCampaignResponse {
        let maker = try Gate.require(.editCampaigns, context)
        let plan = try await acceptable(request.plan, maker, context)
        let now = try await clock.now()
        return try await change(context, request) { connection in
            try await requireOffer(of: plan, in: connection)
            let campaign = Campaign(
                id: try await CampaignStorage.nextID(in: connection), plan: plan.withSalt(), maker: maker.user,
                createdAt: now)
            try await CampaignStorage.insert(campaign, in: connection)
            return CampaignV1.CreateCampaignResponse(campaign: CampaignV1.Campaign(campaign))
        }
    }

    func updateCampaign(
        _ request: CampaignV1.UpdateCampaignRequest, context: CallContext
    ) async throws -> CampaignV1.UpdateCampaignResponse {
        let maker = try Gate.require(.editCampaigns, context)
        let plan = try await acceptable(request.plan, maker, context)
        let now = try await clock.now()
        return try await change(context, request) { connection in
            try await requireOffer(of: plan, in: connection)
            let changed = try await step(request.campaignID, in: connection) { campaign throws(CampaignProblem) in
                try campaign.edit(plan, version: request.version, by: maker.user)
            }
            try await CampaignStorage.insertVersion(changed, at: now, in: connection)
            return CampaignV1.UpdateCampaignResponse(campaign: CampaignV1.Campaign(changed))
        }
    }

    func approveCampaign(
        _ request: CampaignV1.ApproveCampaignRequest, context: CallContext
    ) async throws -> CampaignV1.ApproveCampaignResponse {
        let right = Right.approveCampaigns
        let what = "campaign \(request.campaignID) version \(request.version)"
        let checker = try await dependencies.audit.require(right, context, what: what, pool: pool)
        do {
            return try await change(context, request) { connection in
                let approved = try await step(request.campaignID, in: connection) { campaign throws(CampaignProblem) in
                    try campaign.approve(version: request.version, by: checker.user)
                }
                // What the checker saw is what customers will read.
                guard let offer = try await OfferStorage.find(approved.plan.offerCode, in: connection) else {
                    throw CampaignFailure.unknownOffer
                }
                try await CampaignStorage.keepOffer(offer, of: approved, in: connection)
                try await dependencies.audit.append(
                    AuditEntry(context, right: right, what: what, reason: request.reason, result: .done),
                    in: connection)
                return CampaignV1.ApproveCampaignResponse(campaign: CampaignV1.Campaign(approved))
            }
        } catch let failure as CampaignFailure {
            await dependencies.audit.appendRefusal(
                right, context, what: what, reason: failure.auditReason, pool: pool)
            throw failure
        }
    }

    func startCampaign(
        _ request: CampaignV1.StartCampaignRequest, context: CallContext
    ) async throws -> CampaignV1.StartCampaignResponse {
        try Gate.require(.runCampaigns, context)
        let now = try await clock.now()
        let response = try await change(context, request) { connection in
            let started = try await step(request.campaignID, in: connection) { campaign throws(CampaignProblem) in
                try campaign.start(at: now)
            }
            return CampaignV1.StartCampaignResponse(campaign: CampaignV1.Campaign(started))
        }
        planner.wake()
        signal.signal()
        return response
    }

    func pauseCampaign(
        _ request: CampaignV1.PauseCampaignRequest, context: CallContext
    ) async throws -> CampaignV1.PauseCampaignResponse {
        try Gate.require(.runCampaigns, context)
        return try await change(context, request) { connection in
            let paused = try await step(request.campaignID, in: connection) { campaign throws(CampaignProblem) in
                try campaign.pause()
            }
            return CampaignV1.PauseCampaignResponse(campaign: CampaignV1.Campaign(paused))
        }
    }

    func closeCampaign(
        _ request: CampaignV1.CloseCampaignRequest, context: CallContext
    ) async throws -> CampaignV1.CloseCampaignResponse {
        try Gate.require(.runCampaigns, context)
        let now = try await clock.now()
        let response = try await change(context, request) { connection in
            let closed = try await step(request.campaignID, in: connection) { campaign throws(CampaignProblem) in
                try campaign.close(at: now)
            }
            return CampaignV1.CloseCampaignResponse(campaign: CampaignV1.Campaign(closed))
        }
        planner.wake()
        return response
    }

    /// Takes a campaign one step further, if nobody else did at the same moment.
    private func step(
        _ id: Int64, in connection: PostgresConnection, _ change: (inout Campaign) throws(CampaignProblem) -> Void
    ) async throws -> Campaign {
        guard let old = try await CampaignStorage.find(id, in: connection) else {
            throw CampaignFailure.unknownCampaign
        }
        var new = old
        try checked { () throws(CampaignProblem) in try change(&new) }
        guard try await CampaignStorage.replace(old, by: new, in: connection) else {
            throw CampaignFailure.changedMeanwhile
        }
        return new
    }

    /// A plan that can run, of an office and a snapshot that are the maker's.
    private func acceptable(
        _ message: CampaignV1.CampaignPlan?, _ maker: Principal, _ context: CallContext
    ) async throws -> CampaignPlan {
        guard let message else { throw CampaignFailure.missing(field: "plan") }
        let plan = CampaignPlan(message)
        try checked(plan.check)
        try Gate.requireOffice(plan.officePath, within: maker, field: "plan.office_path")
        let office = try await snapshots.officePath(of: plan.snapshotID, context: context)
        guard office.hasPrefix(plan.officePath) || plan.officePath.hasPrefix(office) else {
            throw CampaignFailure.foreignSnapshot
        }
        return plan
    }

    private func requireOffer(of plan: CampaignPlan, in connection: PostgresConnection) async throws {
        guard try await OfferStorage.find(plan.offerCode, in: connection) != nil else {
            throw CampaignFailure.unknownOffer
        }
    }
}

extension CampaignPlan {
    /// The plan with a salt of its own where it has none.
    fileprivate func withSalt() -> CampaignPlan {
        guard salt.isEmpty else { return self }
        var plan = self
        plan.salt = UUID().uuidString.lowercased()
        return plan
    }
}
