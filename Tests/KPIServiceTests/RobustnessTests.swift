internal import Contracts
internal import EventLog
internal import RPC
internal import TestSupport
internal import Testing

@Suite("Whatever stands in the campaign log, totals and their recomputation agree")
struct RobustnessTests {
    private static func outcome(_ id: String, _ valueMinor: Int64, _ cut: CampaignV1.Cut) throws -> NewLogEntry {
        let body = CampaignV1.Outcome(cut: cut, eventType: "bought", eventID: id, valueMinor: valueMinor)
        return KPIBed.entry(1, 3, try body.packed(), after: 60)
    }

    @Test("values that no sum of 64 bits holds, and a window that never ends")
    func extremes() async throws {
        let bed = try await KPIBed.make()
        var cut = KPIBed.cut("/head/east/")
        cut.conversionWindowMicros = .max
        let values: [Int64] = [.max, .min, 8_000_000_000_000_000_000, 8_000_000_000_000_000_000, 5]
        let entries = try values.enumerated().map { try Self.outcome("x\($0)", $1, cut) }
        let position = try await bed.write([try KPIBed.contacted(1, cut)] + entries)
        let arm = try #require(try await bed.report(after: position)?.arms.first)
        #expect(arm.conversions == 5 && arm.valueMinor == 5)
        #expect(try await bed.verify().differences.isEmpty)
        bed.consumer.cancel()
    }

    @Test("a sum beyond 64 bits is shown as the largest number, and stays exact within")
    func wideSum() async throws {
        let bed = try await KPIBed.make()
        let cut = KPIBed.cut("/head/east/")
        let largest: Int64 = 1_000_000_000_000_000
        let entries = try (0..<9_400).map { try Self.outcome("x\($0)", largest, cut) }
        var position = try await bed.write([try KPIBed.contacted(1, cut)] + entries)
        #expect(try await bed.report(after: position)?.arms.map(\.valueMinor) == [.max])
        position = try await bed.write(try (0..<9_400).map { try Self.outcome("y\($0)", -largest, cut) })
        #expect(try await bed.report(after: position)?.arms.map(\.valueMinor) == [0])
        #expect(try await bed.verify().differences.isEmpty)
        bed.consumer.cancel()
    }

    @Test("whom the channel refused for good is in the audience, refused as not delivered")
    func refusedByTheChannel() async throws {
        let bed = try await KPIBed.make()
        let cut = KPIBed.cut("/head/east/")
        let refusal = CampaignV1.DeliveryChanged(cut: cut, dedupeKey: "k2", delivery: "not_sent")
        let first = [try KPIBed.contacted(1, cut), KPIBed.entry(2, 5, try refusal.packed())]
        let report = try #require(try await bed.report(after: try await bed.write(first), KPIBed.analyst))
        #expect(report.audience == 2)
        #expect(report.refused == [KPIV1.ReasonCount(reason: "not_delivered", customers: 1)])
        // The next fact makes the follower read the stored one again.
        let next = KPIBed.entry(
            2, 4, try CampaignV1.Refused(cut: cut, reason: "cap").packed(), after: 60)
        let later = try #require(try await bed.report(after: try await bed.write([next]), KPIBed.analyst))
        #expect(later.refused == [KPIV1.ReasonCount(reason: "not_delivered", customers: 1)])
        #expect(try await bed.verify().differences.isEmpty)
        bed.consumer.cancel()
    }

    @Test("entries that were set aside are reported by a recomputation and by the log of the service")
    func setAside() async throws {
        let capture = LogCapture()
        let bed = try await KPIBed.make(logger: capture.logger)
        let cut = KPIBed.cut("/head/east/")
        // It can be read, and it fits no index.
        let key = (0..<20_000).map { String(UInt32(truncatingIfNeeded: $0 &* 2_654_435_761), radix: 36) }.joined()
        let unstorable = CampaignV1.Contacted(cut: KPIBed.cut("/head/west/"), dedupeKey: key, delivery: "sent")
        let position = try await bed.write([
            try KPIBed.contacted(1, cut), KPIBed.entry(1, 2, [0xFF, 0xFF]), try KPIBed.contacted(1, cut),
            KPIBed.entry(3, 1, try unstorable.packed()),
        ])
        #expect(try await bed.report(after: position)?.audience == 1)
        let verified = try await bed.verify()
        let first = try #require(verified.differences.first)
        #expect(first.cell.hasPrefix("entries of campaign.log that are not counted"))
        #expect(first.stored == 0 && first.recomputed == 2)
        // The one that can be read is missed in its cells too.
        #expect(verified.differences.count == 2)
        #expect(verified.differences.last?.cell.contains("/head/west/") == true)
        try await eventually("the service tells of its dead letters") {
            capture.count("error Entries of the logs are not counted") > 0
        }
        bed.consumer.cancel()
    }

    @Test("a recomputation tells of a log that lost an entry, and where")
    func lostEntry() async throws {
        let bed = try await KPIBed.make()
        let position = try await bed.write(try (0..<3).map { _ in try KPIBed.contacted(1, KPIBed.cut("/head/east/")) })
        _ = try await bed.report(after: position)
        try await bed.administrator.execute("DELETE FROM campaign.log WHERE log_offset = 2")
        let lost = await #expect(throws: RPCError.self) { try await bed.verify() }
        #expect(lost?.code == .dataLoss)
        #expect(lost?.message.contains("Partition \(LogPartition.of(customerID: 1)) of campaign.log") == true)
        bed.consumer.cancel()
    }

    @Test("a rebuild counts everything anew, also what was tampered with and what was given up, while entries come in")
    func rebuild() async throws {
        let bed = try await KPIBed.make()
        let cut = KPIBed.cut("/head/east/")
        let before = try await bed.write(try (1...400).map { try KPIBed.contacted($0, cut) })
        let login = NewLogEntry(
            customerID: 1, kind: 1, subject: "login", occurredAt: KPIBed.start, recordedAt: KPIBed.start)
        let logged = try await bed.write([login], to: "profile")
        _ = try await bed.report(after: before)
        _ = try await bed.client.getActivity(.init(after: [logged]), options: KPIBed.headOffice)
        try await bed.administrator.execute("UPDATE kpi.cell SET amount = amount + 1")
        try await bed.administrator.execute("DELETE FROM kpi.activity")
        try await bed.administrator.execute(
            """
            INSERT INTO kpi.dead_letter
            SELECT partition, 'kpi', 'campaign', 1, 1, 'test', 5, now() FROM campaign.log_head WHERE last_offset > 0
            LIMIT 1
            """)
        #expect(try await bed.verify().differences.count > 2)

        let analyst = await #expect(throws: RPCError.self) {
            try await bed.client.rebuild(.init(), options: KPIBed.headOffice)
        }
        #expect(analyst?.code == .permissionDenied)
        let operations = CallOptions(
            timeout: .seconds(30), principal: Principal(user: "op", roles: ["operator"], officePath: "/"))
        async let written = bed.write(try (401...800).map { try KPIBed.contacted($0, cut) })
        for _ in 0..<3 { _ = try await bed.client.rebuild(.init(), options: operations) }
        let after = try await written
        #expect(try await bed.report(after: after)?.audience == 800)
        _ = try await bed.client.getActivity(.init(after: [logged]), options: KPIBed.headOffice)
        #expect(try await bed.verify().differences.isEmpty)
        let progress = try await bed.client.getProgress(.init(), options: operations)
        #expect(progress == KPIV1.GetProgressResponse(written: 801, counted: 801))
        bed.consumer.cancel()
    }
}
