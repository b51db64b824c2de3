internal import Contracts
internal import EventLog
internal import Foundation
internal import RPC
internal import Testing

@Suite("Totals follow the campaign log")
struct FollowingTests {
    /// 40 customers: each fourth is held, each fifth converts; half of them belong to the other branch.
    private static func entries() throws -> [NewLogEntry] {
        try (1...40).flatMap { (customer: Int64) -> [NewLogEntry] in
            let isHeld = customer % 4 == 0
            let cut = KPIBed.cut(customer % 2 == 0 ? "/head/east/" : "/head/west/", control: isHeld)
            var list = [
                isHeld
                    ? KPIBed.entry(customer, 2, try CampaignV1.Held(cut: cut).packed())
                    : KPIBed.entry(
                        customer, 1,
                        try CampaignV1.Contacted(cut: cut, dedupeKey: "k\(customer)", delivery: "sent").packed())
            ]
            if customer % 5 == 0 {
                let outcome = CampaignV1.Outcome(
                    cut: cut, eventType: "bought", eventID: "e\(customer)", valueMinor: 100)
                list.append(KPIBed.entry(customer, 3, try outcome.packed(), after: 3_600))
            }
            return list
        }
    }

    @Test("an office sees its own customers, the day series adds up, and a recomputation finds no difference")
    func report() async throws {
        let bed = try await KPIBed.make()
        let position = try await bed.write(try Self.entries())
        let reply = try await bed.client.getCampaignReport(
            KPIV1.GetCampaignReportRequest(campaignID: 1, after: [position]), options: KPIBed.analyst)
        let report = try #require(reply.report)
        #expect(report.audience == 20)
        #expect(report.arms.map(\.customers) == [10, 10])
        #expect(report.arms.map(\.converted) == [2, 2])
        let days = try await bed.client.getDaySeries(
            KPIV1.GetDaySeriesRequest(campaignID: 1), options: KPIBed.analyst
        ).days
        #expect(days.map(\.conversions).reduce(0, +) == 4)
        let verified = try await bed.client.verify(KPIV1.VerifyRequest(), options: KPIBed.headOffice)
        #expect(verified.differences.isEmpty && verified.entries == 48)
        bed.consumer.cancel()
    }

    @Test("a number that was tampered with is found and named")
    func tampering() async throws {
        let bed = try await KPIBed.make()
        let position = try await bed.write(try Self.entries())
        _ = try await bed.client.getCampaignReport(
            KPIV1.GetCampaignReportRequest(campaignID: 1, after: [position]), options: KPIBed.analyst)
        try await bed.administrator.execute(
            """
            UPDATE kpi.cell SET amount = amount + 1
            WHERE ctid = (SELECT min(ctid) FROM kpi.cell WHERE measure = 1)
            """)
        let verified = try await bed.client.verify(KPIV1.VerifyRequest(), options: KPIBed.headOffice)
        #expect(verified.differences.count == 1)
        #expect(verified.differences[0].stored == verified.differences[0].recomputed + 1)
        bed.consumer.cancel()
    }
}
