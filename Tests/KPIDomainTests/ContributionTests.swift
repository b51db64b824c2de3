import Foundation
import KPIDomain
import Testing

@Suite("Sums that nothing can break")
struct ContributionTests {
    private static let moment = Fact.contacted(
        dedupeKey: "a", at: CustomerFactsTests.start, cut: CustomerFactsTests.cut("contacted"), unknown: false)

    private static func contribution(_ values: [Int64]) -> Contribution {
        let outcomes = values.enumerated().map { index, value in
            Fact.outcome(eventID: "\(index)", at: CustomerFactsTests.start.addingTimeInterval(1), valueMinor: value)
        }
        return Contribution(
            campaignID: 7, facts: CustomerFactsTests.facts([moment] + outcomes), days: CustomerFactsTests.days)
    }

    @Test("a value beyond the bound counts as 0, and its conversion counts")
    func bound() {
        let largest: Int64 = 1_000_000_000_000_000
        let amounts = Self.contribution(
            [8_000_000_000_000_000_000, 8_000_000_000_000_000_000, .min, .max, largest, largest + 1, -largest - 1]
        ).amounts
        #expect(amounts.first { $0.key.measure == .conversions }?.value == 7)
        #expect(amounts.first { $0.key.measure == .valueMinor }?.value == 1_000_000_000_000_000)
    }

    @Test("a sum beyond 64 bits stays exact, and what is taken away leaves nothing behind")
    func wide() {
        let one = Self.contribution([1_000_000_000_000_000])
        var sum = one
        for _ in 0..<20 { sum.merge(sum) }
        var rest = sum
        rest.subtract(sum)
        #expect(rest.amounts.isEmpty)
        let report = CampaignReport(campaignID: 7, cells: sum.amounts)
        #expect(report.arms.map(\.valueMinor) == [.max])
        #expect(report.arms.map(\.conversions) == [1 << 20])
    }

    @Test("a report ends at the largest number it can hold, in both directions")
    func report() {
        var cells: [CellKey: Int128] = [:]
        for day in ["2026-03-02", "2026-03-03"] {
            cells[CampaignReportTests.key(.valueMinor, day: day)] = Int128(Int64.max)
            cells[CampaignReportTests.key(.valueMinor, arm: "refunds", day: day)] = Int128(Int64.min)
        }
        #expect(CampaignReport(campaignID: 7, cells: cells).arms.map(\.valueMinor) == [.max, .min])
        cells = [
            CampaignReportTests.key(.valueMinor): .max,
            CampaignReportTests.key(.valueMinor, arm: "none", control: true): .max,
        ]
        #expect(DayCounts.series(campaignID: 7, cells: cells).map(\.valueMinor) == [.max])
    }
}
