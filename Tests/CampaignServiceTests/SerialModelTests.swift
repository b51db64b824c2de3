internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

/// Clients that get no answer send again, give up early and come late, while the service's connections are ended in the
/// middle of what they do. What is left is what a single client would have left, one call after another.
@Suite("repeated calls under faults")
struct SerialModelTests {
    private typealias State = CampaignV1.CampaignState
    private typealias Step = (name: String, after: State, version: Int64)

    private static let steps: [Step] = [
        ("create", .draft, 1), ("update", .draft, 2), ("approve", .approved, 2), ("start", .running, 2),
        ("pause", .paused, 2), ("again", .running, 2), ("close", .closed, 2),
    ]

    @Test("duplicates, late comers and early leavers change nothing: every step takes effect once")
    func model() async throws {
        var random = SeededGenerator("serial model")
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await bed.putOffer(replica)
        let plan = bed.plan([])
        let rounds = TestTier.rounds(long: 200)
        let seed = random.seed
        let orders = (0..<rounds).map { _ in (0..<Self.steps.count).map { Int.random(in: 0...$0, using: &random) } }
        let killed = try await Saboteur(bed: bed).during(seed) {
            for (round, lates) in orders.enumerated() {
                try await self.round("\(seed).\(round)", lates, plan, replica)
            }
        }
        let count = Int64(rounds)
        #expect(
            try await bed.count("SELECT count(*) FROM campaign.campaign WHERE state = 'closed' AND version = 2")
                == count)
        #expect(try await bed.count("SELECT count(*) FROM campaign.campaign") == count)
        #expect(try await bed.count("SELECT count(*) FROM campaign.campaign_version") == 2 * count)
        #expect(try await bed.count("SELECT count(*) FROM audit.entry WHERE result = 'done'") == count)
        #expect(try await bed.count("SELECT number FROM campaign.revision") == Int64(Self.steps.count) * count)
        TestTier.report("repeated calls: \(rounds) campaigns through all steps, \(killed) connections ended meanwhile")
    }

    private func round(
        _ name: String, _ lates: [Int], _ plan: CampaignV1.CampaignPlan, _ replica: Replica
    ) async throws {
        var id: Int64 = 0
        var answers: [CampaignV1.Campaign] = []
        for (index, step) in Self.steps.enumerated() {
            // Somebody who gives up at once, and three who insist.
            _ = try? await call(step.name, name, id, plan, replica, timeout: .milliseconds(3))
            let replies = try await withThrowingTaskGroup(of: CampaignV1.Campaign.self) { [id] group in
                for _ in 0..<3 {
                    group.addTask {
                        try await persistently { try await call(step.name, name, id, plan, replica) }
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            let answer = try #require(replies.first)
            #expect(replies.count == 1 && answer.state == step.after && answer.version == step.version)
            answers.append(answer)
            id = answer.campaignID
            // A message of before that was held up on its way.
            let late = lates[index]
            let again = try await persistently { [id] in
                try await call(Self.steps[late].name, name, id, plan, replica)
            }
            #expect(again == answers[late])
        }
    }

    private func call(
        _ step: String, _ round: String, _ id: Int64, _ plan: CampaignV1.CampaignPlan, _ replica: Replica,
        timeout: Duration = .seconds(10)
    ) async throws -> CampaignV1.Campaign {
        var options = CampaignBed.options(
            step == "approve" ? CampaignBed.checker : CampaignBed.maker, key: "\(round).\(step)")
        options.timeout = timeout
        let client = replica.client
        let campaign =
            switch step {
            case "create": try await client.createCampaign(.init(plan: plan), options: options).campaign
            case "update":
                try await client.updateCampaign(.init(campaignID: id, version: 1, plan: plan), options: options)
                    .campaign
            case "approve":
                try await client.approveCampaign(.init(campaignID: id, version: 2, reason: "x"), options: options)
                    .campaign
            case "pause": try await client.pauseCampaign(.init(campaignID: id), options: options).campaign
            case "close": try await client.closeCampaign(.init(campaignID: id), options: options).campaign
            default: try await client.startCampaign(.init(campaignID: id), options: options).campaign
            }
        return try #require(campaign)
    }
}
