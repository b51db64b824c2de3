internal import Contracts
internal import Testing

@testable internal import ZhikeCommands

@Suite("steps due before business time moves")
struct DueStepsTests {
    private func campaign(_ wave: Int32, done: Int64, of total: Int64) -> CampaignV1.Campaign {
        CampaignV1.Campaign(
            campaignID: 1,
            plan: CampaignV1.CampaignPlan(waves: [
                CampaignV1.Wave(number: 1, channel: "sms"),
                CampaignV1.Wave(number: 2, channel: "sms", startsAtMicros: 50),
            ]), state: .running, progress: CampaignV1.Progress(done: done, total: total, wave: wave))
    }

    @Test("are waves whose time has come and contacts that wait")
    func open() {
        #expect(DueSteps.open(campaign(0, done: 0, of: 0), at: 10, hasAudience: true) != nil)
        #expect(DueSteps.open(campaign(0, done: 0, of: 0), at: 10, hasAudience: false) == nil)
        #expect(DueSteps.open(campaign(1, done: 3, of: 9), at: 10, hasAudience: true) != nil)
        #expect(DueSteps.open(campaign(1, done: 9, of: 9), at: 10, hasAudience: true) == nil)
        #expect(DueSteps.open(campaign(1, done: 9, of: 9), at: 50, hasAudience: true) != nil)
        #expect(DueSteps.open(campaign(2, done: 9, of: 9), at: 50, hasAudience: true) == nil)
        var waiting = campaign(2, done: 9, of: 9)
        waiting.deliveries = ["sent": 4, "reserved": 1]
        #expect(DueSteps.open(waiting, at: 50, hasAudience: true) != nil)
        waiting.quietWait = CampaignV1.QuietWait(deliveries: 1, untilMicros: 60)
        #expect(DueSteps.open(waiting, at: 50, hasAudience: true) == nil, "it waits for business time")
        waiting.deliveries["sending"] = 1
        #expect(DueSteps.open(waiting, at: 50, hasAudience: true) != nil)
        waiting.state = .paused
        #expect(DueSteps.open(waiting, at: 50, hasAudience: true) == nil)
    }

    @Test("a wave without a time waits for those before it")
    func undated() {
        let plan = CampaignV1.CampaignPlan(waves: [
            CampaignV1.Wave(number: 1, channel: "sms"), CampaignV1.Wave(number: 2, channel: "sms", startsAtMicros: 50),
            CampaignV1.Wave(number: 3, channel: "sms"),
        ])
        #expect(DueSteps.lastDueWave(plan, at: 10)?.number == 1)
        #expect(DueSteps.lastDueWave(plan, at: 50)?.number == 3)
    }

    @Test("begin with the next wave of a running campaign")
    func next() {
        var paused = campaign(1, done: 9, of: 9)
        paused.state = .paused
        #expect(DueSteps.nextStart([campaign(1, done: 9, of: 9)], after: 10) == 50)
        #expect(DueSteps.nextStart([campaign(1, done: 9, of: 9)], after: 50) == nil)
        #expect(DueSteps.nextStart([paused], after: 10) == nil)
    }
}
