internal import Contracts
internal import EventLog
internal import Foundation
internal import Postgres
internal import ProtobufC
internal import RPC
internal import TestSupport
internal import Testing

@Suite("Activity follows the profile log and the segmentation log")
struct ActivityTests {
    private static func created(_ customer: Int64, _ office: String) throws -> NewLogEntry {
        KPIBed.entry(customer, 5, try ProfileV1.CustomerCreated(officePath: office, manager: "m").packed())
    }

    private static func event(_ customer: Int64, _ type: String, after seconds: Double = 0) -> NewLogEntry {
        var entry = KPIBed.entry(customer, 1, [], after: seconds)
        entry.subject = type
        entry.body = nil
        return entry
    }

    private static func entered(_ customer: Int64, _ office: String) throws -> NewLogEntry {
        KPIBed.entry(
            customer, 1,
            try SegmentationV1.MembershipChanged(segmentID: 3, segmentVersion: 1, officePath: office).packed())
    }

    private static func counts(
        _ bed: KPIBed, _ options: CallOptions, after: [CommonV1.LogPosition] = [], from: String = "", to: String = ""
    ) async throws -> [String] {
        try await bed.client.getActivity(
            KPIV1.GetActivityRequest(fromDay: from, toDay: to, after: after), options: options
        ).counts.map { "\($0.day) \($0.measure) \($0.subject) \($0.amount)" }
    }

    @Test("each office sees what its own customers did, and a recomputation finds no difference")
    func offices() async throws {
        let bed = try await KPIBed.make()
        let consent = ProfileV1.Consent(purpose: "marketing", channel: "sms", granted: false)
        let first = try await bed.write(
            [
                try Self.created(1, "/head/east/"), try Self.created(2, "/head/west/"), Self.event(1, "login"),
                Self.event(2, "login"),
                KPIBed.entry(1, 3, try ProfileV1.ConsentsChanged(consents: [consent]).packed()),
            ], to: "profile")
        let entered = try await bed.write(
            [try Self.entered(1, "/head/east/"), try Self.entered(2, "/head/west/")], to: "segmentation")
        let day = "2026-03-02"
        #expect(
            try await Self.counts(bed, KPIBed.analyst, after: [first, entered]) == [
                "\(day) customers_created  1", "\(day) events login 1", "\(day) consents_withdrawn marketing/sms 1",
                "\(day) segment_entered 3 1",
            ])
        // Customer 2 moves: what it did before stays with the west.
        let assigned = try ProfileV1.CustomerAssigned(officePath: "/head/east/", manager: "m").packed()
        let second = try await bed.write([KPIBed.entry(2, 6, assigned)], to: "profile")
        _ = try await Self.counts(bed, KPIBed.analyst, after: [second])
        let third = try await bed.write([Self.event(2, "login", after: 86_400)], to: "profile")
        #expect(
            try await Self.counts(bed, KPIBed.analyst, after: [third], to: "2026-03-03").filter {
                $0.contains("events")
            }
                == ["\(day) events login 1", "2026-03-03 events login 1"])
        #expect(
            try await Self.counts(bed, KPIBed.headOffice, from: day, to: day).filter { $0.contains("events") }
                == ["\(day) events login 2"])
        let verified = try await bed.verify()
        #expect(verified.differences.isEmpty && verified.entries == 9)
        bed.consumer.cancel()
    }

    @Test("a count that was tampered with is found and named, and so is an entry that no count contains")
    func tampering() async throws {
        let bed = try await KPIBed.make()
        let position = try await bed.write(
            [try Self.created(1, "/head/east/"), Self.event(1, "login"), KPIBed.entry(1, 5, [0xFF, 0xFF])],
            to: "profile")
        _ = try await Self.counts(bed, KPIBed.headOffice, after: [position])
        try await bed.administrator.execute("UPDATE kpi.activity SET amount = amount + 1 WHERE subject = 'login'")
        let differences = try await bed.verify().differences
        #expect(differences.count == 2)
        #expect(differences.first?.cell.hasPrefix("entries of profile.log that are not counted") == true)
        #expect(differences.last?.cell == "activity, /head/east/, 2026-03-02, events, login")
        #expect(differences.last?.stored == 2 && differences.last?.recomputed == 1)
        bed.consumer.cancel()
    }

    @Test("a period that no calendar has, and more counts than one reply holds, are refused by name")
    func refused() async throws {
        let bed = try await KPIBed.make()
        for (from, to) in [("2026-02-30", "2026-03-01"), ("2026-03-02", "2026-03-01"), ("2026-01-01", "2026-12-31")] {
            let failure = await #expect(throws: RPCError.self) {
                try await Self.counts(bed, KPIBed.headOffice, from: from, to: to)
            }
            #expect(failure?.code == .invalidArgument && failure?.field == "from_day")
        }
        let many = (0...5_000).map { Self.event(1, "e\($0)") }
        let position = try await bed.write(many, to: "profile")
        let failure = await #expect(throws: RPCError.self) {
            try await Self.counts(bed, KPIBed.headOffice, after: [position])
        }
        #expect(failure?.code == .failedPrecondition && failure?.field == "to_day")
        bed.consumer.cancel()
    }
}
