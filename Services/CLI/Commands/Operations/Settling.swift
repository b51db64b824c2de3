internal import Contracts
internal import Foundation
internal import RPC

/// Waits until the suite has done everything that is due at the business time that stands: who follows a log has read
/// it to its end, waves whose time has come are through, and contacts have left.
struct Settling: Sendable {
    let clients: SuiteClients
    let person: Principal
    /// How long a channel or a suite service that is away is waited for.
    let patience: Duration

    /// - Parameter moment: business time in microseconds.
    /// - Returns: when the first contact that waits for quiet hours to end may leave, in the same; nil where none does.
    func settle(at moment: Int64) async throws -> Int64? {
        let end = ContinuousClock.now + patience
        var before: [CommonV1.LogPosition]?
        while true {
            let positions = try await caughtUp()
            let (open, quietEnd) = try await look(at: moment)
            // What was open may have written to the logs while we looked: only two looks that find the same are enough.
            if open == nil, let before, before == positions { return quietEnd }
            before = open == nil ? positions : nil
            guard ContinuousClock.now < end else {
                throw RuntimeError(
                    .endpointUnavailable,
                    localized(
                        "Business time stays: not all that is due was done in time (\(open ?? "logs")). Look at the "
                            + "channel and the campaign, or wait longer with --patience.",
                        "业务时间未推进：到期事项未能及时完成（\(open ?? "日志")）。请检查渠道与活动，或用 --patience 延长等待。"))
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// When the next wave of a running campaign starts, in microseconds of business time.
    func nextStart(after moment: Int64) async throws -> Int64? {
        DueSteps.nextStart(try await campaigns(), after: moment)
    }

    /// Profile's log is applied by campaign, and all three logs by kpi; answers the heads.
    private func caughtUp() async throws -> [CommonV1.LogPosition] {
        let heads = try await clients.activityHeads { body in try await call(body) }
        let profile = heads.first { $0.log == "profile" }
        let campaign = try await call {
            try await clients.campaign.waitApplied(.init(position: profile), options: $0)
        }.position
        do {
            _ = try await call {
                try await clients.kpi.getCampaignReport(.init(after: campaign.map { [$0] } ?? []), options: $0)
            }
        } catch let error as RPCError where error.code == .notFound {
            // No campaign has the number 0, which kpi finds only once it has applied the position.
        }
        _ = try await call { try await clients.kpi.getActivity(.init(after: heads), options: $0) }
        return heads + [campaign].compactMap { $0 }
    }

    /// The first thing that is still open, in words, or when quiet hours end for those who wait for it.
    private func look(at moment: Int64) async throws -> (open: String?, quietEnd: Int64?) {
        var quietEnds: [Int64] = []
        for listed in try await campaigns() where listed.state == .running {
            let reply = try await call {
                try await clients.campaign.getCampaign(.init(campaignID: listed.campaignID), options: $0)
            }
            guard let campaign = reply.campaign else { continue }
            let isEmpty = campaign.progress?.wave ?? 0 == 0 && campaign.progress?.total ?? 0 == 0
            let hasAudience = isEmpty ? try await hasAudience(campaign.plan ?? .init()) : true
            if let open = DueSteps.open(campaign, at: moment, hasAudience: hasAudience) { return (open, nil) }
            if let end = campaign.quietWait?.untilMicros, end > moment { quietEnds.append(end) }
        }
        return (nil, quietEnds.min())
    }

    /// Whether the snapshot holds anybody of the campaign's office.
    private func hasAudience(_ plan: CampaignV1.CampaignPlan) async throws -> Bool {
        let snapshot =
            try await call {
                try await clients.segmentation.getSnapshot(.init(snapshotID: plan.snapshotID), options: $0)
            }.snapshot ?? .init()
        guard snapshot.count > 0 else { return false }
        guard !snapshot.officePath.hasPrefix(plan.officePath) else { return true }
        var cursor = ""
        repeat {
            let page = try await call { [cursor] options in
                try await clients.segmentation.listSnapshotMembers(
                    .init(snapshotID: plan.snapshotID, pageCursor: cursor), options: options)
            }
            if page.members.contains(where: { $0.officePath.hasPrefix(plan.officePath) }) { return true }
            cursor = page.nextPageCursor
        } while !cursor.isEmpty
        return false
    }

    private func campaigns() async throws -> [CampaignV1.Campaign] {
        try await Pages.all { cursor in
            let page = try await call {
                try await clients.campaign.listCampaigns(.init(pageCursor: cursor), options: $0)
            }
            return (page.campaigns, page.nextPageCursor)
        }
    }

    private func call<Reply>(_ body: (CallOptions) async throws -> Reply) async throws -> Reply {
        try await Patience.call(
            for: person, seconds: Int(patience.components.seconds), timeout: .seconds(30), body)
    }
}
