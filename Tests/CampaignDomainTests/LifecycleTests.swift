internal import CampaignDomain
internal import Foundation
internal import Testing

@Suite("the life of a campaign")
struct LifecycleTests {
    private let start = Date(timeIntervalSince1970: 1_770_000_000)

    private func draft() -> Campaign {
        Campaign(
            id: 7, plan: .sample, words: OfferWords(title: "Gold", text: "A card"), maker: "maker", createdAt: start)
    }

    private func approved() throws -> Campaign {
        var campaign = draft()
        try campaign.approve(version: 1, by: "checker")
        return campaign
    }

    @Test("it goes from draft over approved, running and paused to closed")
    func wholeLife() throws {
        var campaign = try approved()
        #expect(campaign.checker == "checker")
        try campaign.start(at: start)
        try campaign.pause()
        try campaign.start(at: start + 60)
        #expect(campaign.startedAt == start, "a campaign starts once, however often it is paused")
        try campaign.close(at: start + 120)
        #expect(campaign.state == .closed)
        #expect(campaign.closedAt == start + 120)
    }

    @Test("only the steps of the table are allowed")
    func steps() {
        let allowed: [CampaignState: [CampaignState.Step: CampaignState]] = [
            .draft: [.edit: .draft, .approve: .approved, .close: .closed],
            .approved: [.edit: .draft, .start: .running, .close: .closed],
            .running: [.pause: .paused, .close: .closed],
            .paused: [.start: .running, .close: .closed],
            .closed: [:],
        ]
        for state in CampaignState.allCases {
            for step in CampaignState.Step.allCases {
                #expect(state.after(step) == allowed[state]?[step], "\(state) \(step)")
            }
        }
    }

    @Test("the checker is not the maker")
    func fourEyes() throws {
        var campaign = draft()
        #expect(throws: CampaignProblem.self) { try campaign.approve(version: 1, by: "maker") }
        #expect(campaign.state == .draft)
        try campaign.approve(version: 1, by: "checker")
    }

    @Test("who changed an earlier version may not approve a later one")
    func earlierMakers() throws {
        var campaign = draft()
        try campaign.edit(.sample, words: OfferWords(title: "Gold", text: "A card"), version: 1, by: "second")
        for maker in ["maker", "second"] {
            #expect(throws: CampaignProblem.self) { try campaign.approve(version: 2, by: maker) }
        }
        try campaign.approve(version: 2, by: "third")
    }

    @Test("a change voids the approval")
    func editVoids() throws {
        var campaign = try approved()
        var plan = campaign.plan
        plan.controlBasisPoints = 0
        try campaign.edit(plan, words: OfferWords(title: "Gold", text: "A card"), version: 1, by: "maker")
        #expect(campaign.state == .draft)
        #expect(campaign.checker.isEmpty)
        #expect(throws: CampaignProblem.self) { try campaign.start(at: start) }
    }

    @Test("an approval or a change of a version that was overtaken is refused")
    func staleVersion() throws {
        var campaign = draft()
        try campaign.edit(.sample, words: OfferWords(title: "Gold", text: "A card"), version: 1, by: "maker")
        let problem = #expect(throws: CampaignProblem.self) { try campaign.approve(version: 1, by: "checker") }
        #expect(problem?.code == .stale)
        #expect(throws: CampaignProblem.self) {
            try campaign.edit(.sample, words: OfferWords(title: "Gold", text: "A card"), version: 1, by: "maker")
        }
    }

    @Test("the salt stays as it was made")
    func salt() throws {
        var campaign = draft()
        var plan = campaign.plan
        plan.salt = ""
        try campaign.edit(plan, words: OfferWords(title: "Gold", text: "A card"), version: 1, by: "maker")
        #expect(campaign.plan.salt == CampaignPlan.sample.salt)
        plan.salt = "another"
        #expect(throws: CampaignProblem.self) {
            try campaign.edit(plan, words: OfferWords(title: "Gold", text: "A card"), version: 2, by: "maker")
        }
    }
}

extension CampaignPlan {
    static let sample = CampaignPlan(
        name: "Spring deposit", officePath: "/head/", offerCode: "deposit-1", purpose: "marketing", snapshotID: 3,
        controlBasisPoints: 2_000, salt: "salt", conversionEventType: "deposit.opened",
        conversionWindowMicroseconds: 1_000_000, waves: [Wave(number: 1, channel: "sms")])
}
