import KPIDomain
import Testing

@Suite("The report of a campaign")
struct CampaignReportTests {
    static func key(_ measure: Measure, arm: String = "contacted", control: Bool = false, day: String = "2026-03-02")
        -> CellKey
    {
        CellKey(campaignID: 7, officePath: "/head/", day: day, arm: arm, isControl: control, measure: measure)
    }

    @Test("compares each arm with the control arm and puts that one first")
    func arms() throws {
        let cells: [CellKey: Int128] = [
            Self.key(.customers, arm: "zeta"): 10, Self.key(.converted, arm: "zeta"): 5,
            Self.key(.customers, arm: "alpha"): 4,
            Self.key(.customers, arm: "none", control: true): 10,
            Self.key(.converted, arm: "none", control: true, day: "2026-03-03"): 1,
            CellKey(
                campaignID: 7, officePath: "/", day: "2026-03-02", arm: "", isControl: false, measure: .refused,
                reason: "cap"): 3,
            CellKey(
                campaignID: 8, officePath: "/", day: "2026-03-02", arm: "", isControl: false, measure: .refused,
                reason: "cap"): 99,
        ]
        let report = CampaignReport(campaignID: 7, cells: cells)
        #expect(report.arms.map(\.arm) == ["none", "alpha", "zeta"])
        #expect(report.audience == 27)
        #expect(report.arms[0].effect == nil)
        #expect(try #require(report.arms[2].effect).points == 40)
        #expect(report.refused == ["cap": 3])
    }

    @Test("can be read where cells were tampered with: no arm shows more conversions than customers")
    func tampered() {
        let cells: [CellKey: Int128] = [
            Self.key(.customers): 3, Self.key(.converted): 4, Self.key(.customers, arm: "none", control: true): -1,
            Self.key(.converted, arm: "none", control: true): 1,
        ]
        let report = CampaignReport(campaignID: 7, cells: cells)
        #expect(report.arms.map(\.proportion.converted) == [0, 3])
        #expect(report.audience == 3)
    }

    @Test("has a line for each day on which something happened")
    func series() {
        let cells: [CellKey: Int128] = [
            Self.key(.customers): 3, Self.key(.customers, arm: "held", control: true): 2,
            Self.key(.conversions, day: "2026-03-05"): 4, Self.key(.valueMinor, day: "2026-03-05"): 900,
        ]
        let series = DayCounts.series(campaignID: 7, cells: cells)
        #expect(series.map(\.day) == ["2026-03-02", "2026-03-05"])
        #expect(series[0].contacted == 3 && series[0].held == 2 && series[1].valueMinor == 900)
    }
}
