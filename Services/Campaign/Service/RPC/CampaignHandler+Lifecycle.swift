internal import CampaignDomain
internal import Contracts
internal import Foundation
internal import Postgres
internal import ProtobufC
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
            let words = try await words(of: plan, in: connection)
            let campaign = Campaign(
                id: try await CampaignStorage.nextID(in: connection), plan: plan.withSalt(), words: words,
                maker: maker.user, createdAt: now)
            try await CampaignStorage.insert(campaign, in: connection)
            return CampaignV1.CreateCampaignResponse(campaign: CampaignV1.Campaign(campaign))
        }
    }

    func updateCampaign(
        _ request: CampaignV1.UpdateCampaignRequest, context: CallContext
    ) async throws -> CampaignV1.UpdateCampaignResponse {
        let maker = try Gate.require(.editCampaigns, context)
        let plan = try await acceptable(request.plan, changing: request.campaignID, maker, context)
        let now = try await clock.now()
        return try await change(context, request) { connection in
            let words = try await words(of: plan, in: connection)
            let changed = try await step(request.campaignID, in: connection) { campaign throws(CampaignProblem) in
                try campaign.edit(plan, words: words, version: request.version, by: maker.user)
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
        return try await dependencies.audit.approve(right, context, what: what, pool: pool) { checker in
            // It stands in the audit log for ever, which holds ids and codes alone.
            guard request.reason.isEmpty || Names.isPlain(request.reason) else {
                throw CampaignFailure.problem(
                    CampaignProblem(.invalid, field: "reason", "Give the reason as a code, for example reviewed."))
            }
            return try await change(context, request) { connection in
                let makers = try await CampaignStorage.find(request.campaignID, in: connection)?.makers ?? []
                try Gate.requireOther(than: makers, checker)
                let approved = try await step(request.campaignID, in: connection) { campaign throws(CampaignProblem) in
                    try campaign.approve(version: request.version, by: checker.user)
                }
                try await dependencies.audit.append(
                    AuditEntry(context, right: right, what: what, reason: request.reason, result: .done),
                    in: connection)
                return CampaignV1.ApproveCampaignResponse(campaign: CampaignV1.Campaign(approved))
            }
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
            try await StopWishStorage.remove(request.campaignID, in: connection)
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
        return try await stopping(request.campaignID, request, context) { connection in
            let paused = try await step(request.campaignID, in: connection) { campaign throws(CampaignProblem) in
                try campaign.pause()
            }
            try await StopWishStorage.remove(request.campaignID, in: connection)
            return CampaignV1.PauseCampaignResponse(campaign: CampaignV1.Campaign(paused))
        }
    }

    func closeCampaign(
        _ request: CampaignV1.CloseCampaignRequest, context: CallContext
    ) async throws -> CampaignV1.CloseCampaignResponse {
        try Gate.require(.runCampaigns, context)
        let now = try await clock.now()
        let response = try await stopping(request.campaignID, request, context) { connection in
            let closed = try await step(request.campaignID, in: connection) { campaign throws(CampaignProblem) in
                try campaign.close(at: now)
            }
            try await StopWishStorage.remove(request.campaignID, in: connection)
            return CampaignV1.CloseCampaignResponse(campaign: CampaignV1.Campaign(closed))
        }
        planner.wake()
        return response
    }

    /// A change that ends what a campaign does at the moment: while it waits for those who have begun, nobody else begins.
    private func stopping<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ id: Int64, _ request: Request, _ context: CallContext,
        _ body: @escaping @Sendable (PostgresConnection) async throws -> Reply
    ) async throws -> Reply {
        let options = TransactionOptions(officePath: context.principal?.officePath, deadline: context.deadline)
        let seconds = min(max((context.deadline - .now) / .seconds(1), 0), 60)
        try await pool(for: context).transaction(options) {
            try await StopWishStorage.put(id, seconds: seconds, in: $0)
        }
        do {
            let reply = try await change(context, request, body)
            await forgetStopWish(id, context)
            return reply
        } catch {
            await forgetStopWish(id, context)
            throw error
        }
    }

    /// In a task of its own, because this one may be cancelled; what is not forgotten here ends by itself.
    private func forgetStopWish(_ id: Int64, _ context: CallContext) async {
        await Task {
            try? await pool(for: context).transaction(
                TransactionOptions(officePath: context.principal?.officePath, deadline: .now + .seconds(5))
            ) { try await StopWishStorage.remove(id, in: $0) }
        }.value
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

    /// A plan that can run, of an office and a snapshot that are the maker's. Where it names no office, a draft is of the
    /// maker's own, and a campaign that is changed stays with its office.
    private func acceptable(
        _ message: CampaignV1.CampaignPlan?, changing id: Int64? = nil, _ maker: Principal, _ context: CallContext
    ) async throws -> CampaignPlan {
        guard let message else { throw CampaignFailure.missing(field: "plan") }
        var plan = CampaignPlan(message)
        if plan.officePath.isEmpty {
            plan.officePath = maker.officePath
            if let id { plan.officePath = try await office(of: id, context) }
        }
        try checked(plan.check)
        try Gate.requireOffice(plan.officePath, within: maker, field: "plan.office_path")
        let office = try await snapshots.officePath(of: plan.snapshotID, context: context)
        guard office.hasPrefix(plan.officePath) || plan.officePath.hasPrefix(office) else {
            throw CampaignFailure.foreignSnapshot
        }
        return plan
    }

    private func office(of id: Int64, _ context: CallContext) async throws -> String {
        guard let campaign = try await read(context, { try await CampaignStorage.find(id, in: $0) }) else {
            throw CampaignFailure.unknownCampaign
        }
        return campaign.plan.officePath
    }

    private func words(of plan: CampaignPlan, in connection: PostgresConnection) async throws -> OfferWords {
        guard let offer = try await OfferStorage.find(plan.offerCode, in: connection) else {
            throw CampaignFailure.unknownOffer
        }
        return offer.words
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
