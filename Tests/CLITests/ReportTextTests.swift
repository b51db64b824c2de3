internal import Contracts
internal import Testing

@testable internal import ZhikeCommands

@Suite("a report for people")
struct ReportTextTests {
    private func text(_ effect: KPIV1.Effect?) -> String {
        let arms = [
            KPIV1.ArmReport(arm: "held", control: true, customers: 100, converted: 10, rate: 0.1),
            KPIV1.ArmReport(arm: "contacted", customers: 200, converted: 30, rate: 0.15, effect: effect),
        ]
        return ReportText(
            report: KPIV1.CampaignReport(campaignID: 7, campaignName: "Spring", audience: 300, arms: arms)
        )
        .text
    }

    @Test("says in words what the contacts changed, and that there is no significant effect where that is so")
    func verdicts() {
        let effect = KPIV1.Effect(points: 5, lowPoints: -3.25, highPoints: 11.5, lift: 1.5, significant: false)
        let without = text(effect)
        #expect(
            without.contains(
                localized("contacted: no significant effect.", "contacted：无显著效果。")))
        #expect(without.contains("[-3.25, +11.50]") && without.contains("1.500"))
        var other = effect
        (other.lowPoints, other.significant) = (0.25, true)
        let with = text(other)
        #expect(
            with.contains(
                localized(
                    "contacted: the contacts changed the rate by +5.00 points.", "contacted：触达使转化率变化 +5.00 个百分点。")))
        #expect(!with.contains(localized("no significant effect", "无显著效果")))
    }

    @Test("of an arm that is compared with nothing it says nothing, and a lift that does not exist is a dash")
    func nothingToCompare() {
        let alone = text(nil)
        #expect(!alone.contains(localized("effect.", "效果。")) && !alone.contains(localized("changed", "变化")))
        #expect(text(KPIV1.Effect(points: 5, lowPoints: 1, highPoints: 9, significant: true)).contains("–"))
    }
}
