internal import Contracts
internal import EventLog
internal import Foundation
internal import RPC
internal import TestSupport
internal import Testing

@Suite("Facts that come late or of an earlier time")
struct LateFactsTests {
    private static let day = 86_400.0
    private static let cut = KPIBed.cut("/head/east/")

    /// What stands in the cells is what the log gives, and what counting it anew gives.
    private static func expectTrue(_ bed: KPIBed, upTo position: CommonV1.LogPosition) async throws {
        let report = try #require(try await bed.report(after: position))
        let days = try await bed.days()
        #expect(try await bed.verify().differenceCount == 0)
        try await bed.rebuild(upTo: position)
        var again = try #require(try await bed.report(after: position))
        again.position = report.position
        #expect(again == report)
        #expect(try await bed.days() == days)
    }

    @Test("a refusal that turns into a contact leaves no trace in the report, before a rebuild as after it")
    func refusedThenContacted() async throws {
        let bed = try await KPIBed.make()
        let refused = KPIBed.entry(1, 4, try CampaignV1.Refused(cut: Self.cut, reason: "cap").packed())
        let first = try await bed.write([refused])
        #expect(try await bed.report(after: first)?.refused == [.init(reason: "cap", customers: 1)])
        let position = try await bed.write([try KPIBed.contacted(1, Self.cut, after: Self.day)])
        let report = try #require(try await bed.report(after: position))
        #expect(report.refused == [] && report.audience == 1)
        #expect(try await bed.days().map(\.day) == ["2026-03-03"])
        try await Self.expectTrue(bed, upTo: position)
        bed.consumer.cancel()
    }

    @Test("an outcome that is read before its contact counts once the contact is there")
    func outcomeFirst() async throws {
        let bed = try await KPIBed.make()
        let other = try KPIBed.contacted(2, Self.cut)
        let early = try await bed.write([try KPIBed.outcome(1, "e1", Self.cut, after: 60), other])
        #expect(try await bed.report(after: early)?.arms.map(\.conversions) == [0])
        let position = try await bed.write([try KPIBed.contacted(1, Self.cut)])
        let arm = try #require(try await bed.report(after: position)?.arms.first)
        #expect(arm.customers == 2 && arm.converted == 1 && arm.conversions == 1 && arm.valueMinor == 100)
        try await Self.expectTrue(bed, upTo: position)
        bed.consumer.cancel()
    }

    @Test("an earlier contact that comes later moves the customer's moment, and with it the window of the conversions")
    func earlierContact() async throws {
        let bed = try await KPIBed.make()
        // The window is a day long. The first outcome lies in the window of the later contact alone, the second in that of
        // the earlier.
        let first = try await bed.write([
            try KPIBed.contacted(1, Self.cut, after: 2 * Self.day),
            try KPIBed.outcome(1, "late", Self.cut, valueMinor: 7, after: 2.5 * Self.day),
            try KPIBed.outcome(1, "early", Self.cut, valueMinor: 5, after: 0.5 * Self.day),
        ])
        #expect(try await bed.report(after: first)?.arms.map(\.valueMinor) == [7])
        var wave = Self.cut
        wave.wave = 2
        let position = try await bed.write([try KPIBed.contacted(1, wave)])
        let arm = try #require(try await bed.report(after: position)?.arms.first)
        #expect(arm.customers == 1 && arm.conversions == 1 && arm.valueMinor == 5)
        #expect(try await bed.days().map(\.day) == ["2026-03-02"])
        try await Self.expectTrue(bed, upTo: position)
        bed.consumer.cancel()
    }

    @Test("a customer of several waves counts once, also where one of them is held and another was not delivered")
    func waves() async throws {
        let bed = try await KPIBed.make()
        var cuts = [Self.cut, Self.cut, Self.cut]
        for index in cuts.indices { cuts[index].wave = Int32(index + 1) }
        let changed = CampaignV1.DeliveryChanged(cut: cuts[0], dedupeKey: "k1", delivery: "not_sent")
        var positions = try await bed.write([
            try KPIBed.contacted(1, cuts[0], delivery: "unknown"), try KPIBed.contacted(1, cuts[1], after: Self.day),
            try KPIBed.contacted(2, cuts[0]), try KPIBed.contacted(2, cuts[2], after: 2 * Self.day),
            KPIBed.entry(3, 2, try CampaignV1.Held(cut: KPIBed.cut("/head/east/", control: true)).packed()),
        ])
        #expect(try await bed.report(after: positions)?.unknownDeliveries == 1)
        positions = try await bed.write([
            KPIBed.entry(1, 5, try changed.packed(), after: 3 * Self.day),
            try KPIBed.outcome(1, "e1", cuts[1], after: 1.5 * Self.day),
        ])
        let report = try #require(try await bed.report(after: positions))
        #expect(report.audience == 3 && report.arms.map(\.customers) == [1, 2] && report.unknownDeliveries == 0)
        #expect(report.arms.map(\.converted) == [0, 1])
        try await Self.expectTrue(bed, upTo: positions)
        bed.consumer.cancel()
    }

    @Test("of a contact nobody knows of, the unknown is shown until it is settled, and then no more")
    func unknown() async throws {
        let bed = try await KPIBed.make()
        let first = try await bed.write([
            try KPIBed.contacted(1, Self.cut, delivery: "unknown"),
            try KPIBed.contacted(2, Self.cut, delivery: "unknown"),
        ])
        let before = try #require(try await bed.report(after: first))
        #expect(before.unknownDeliveries == 2 && before.arms.map(\.customers) == [2])
        let sent = CampaignV1.DeliveryChanged(cut: Self.cut, dedupeKey: "k1", delivery: "sent")
        let position = try await bed.write([KPIBed.entry(1, 5, try sent.packed(), after: 60)])
        let after = try #require(try await bed.report(after: position))
        #expect(after.unknownDeliveries == 1 && after.arms.map(\.customers) == [2])
        try await Self.expectTrue(bed, upTo: position)
        bed.consumer.cancel()
    }

    @Test("a day begins and ends at the bank's midnight")
    func dayEdge() async throws {
        let shanghai = try #require(TimeZone(identifier: "Asia/Shanghai"))
        let bed = try await KPIBed.make(timeZone: shanghai)
        // It is 10:00 in Shanghai: 14 hours to midnight there, and 22 in Greenwich.
        let midnight = 14 * 3_600.0
        let position = try await bed.write([
            try KPIBed.contacted(1, Self.cut, after: midnight - 0.000_001),
            try KPIBed.contacted(2, Self.cut, after: midnight),
            try KPIBed.outcome(1, "e1", Self.cut, after: midnight),
        ])
        _ = try await bed.report(after: position)
        let days = try await bed.days()
        #expect(days.map(\.day) == ["2026-03-02", "2026-03-03"])
        #expect(days.map(\.contacted) == [1, 1] && days.map(\.conversions) == [0, 1])
        try await Self.expectTrue(bed, upTo: position)
        bed.consumer.cancel()
    }
}
