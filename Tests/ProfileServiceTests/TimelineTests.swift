internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import Testing

@Suite("The timeline of a customer")
struct TimelineTests {
    private static func timeline(_ bed: ProfileBed) async throws -> [ProfileV1.TimelineEntry] {
        try await bed.client.getCustomer(
            .init(customer: ProfileBed.reference("1"), timelineLimit: 200), options: ProfileBed.options()
        ).timeline
    }

    @Test("is shorter than asked where it would not fit a message, and has the newest")
    func large() async throws {
        let bed = try await ProfileBed.make()
        try await bed.identify("1")
        let note = String(repeating: "x", count: 8_000)
        for start in stride(from: 0, to: 200, by: 50) {
            let events = (start..<start + 50).map { number in
                var event = ProfileBed.event("\(number)", of: "1", type: "e\(number)")
                event.propertiesJSON = #"{"note":"\#(note)"}"#
                return event
            }
            _ = try await bed.client.track(.init(events: events), options: ProfileBed.options())
        }
        let shown = try await Self.timeline(bed)
        #expect((40..<200).contains(shown.count))
        #expect(shown.map(\.subject) == (0..<200).reversed().prefix(shown.count).map { "e\($0)" })
    }

    @Test("leaves out what an old event takes that is too large by itself, with all before it")
    func expanded() async throws {
        let bed = try await ProfileBed.make()
        try await bed.identify("1")
        // As events were taken once: short as sent, long as the database writes them.
        let numbers = Array(repeating: "1e-400", count: 1_100).joined(separator: ",")
        try await bed.administrator.execute("UPDATE profile.log SET properties = \("[\(numbers),1]")::text::jsonb")
        try await bed.administrator.execute(
            """
            UPDATE profile.log SET properties = (SELECT jsonb_agg(p) FROM (VALUES (properties), (properties)) v(p))
            """)
        _ = try await bed.client.track(.init(events: [ProfileBed.event("1", of: "1")]), options: ProfileBed.options())
        #expect(try await Self.timeline(bed).map(\.subject) == ["app.login"])
    }

    @Test("leaves room for what the customer itself takes")
    func largeCustomer() async throws {
        let bed = try await ProfileBed.make()
        try await bed.identify("1")
        try await bed.administrator.execute(
            """
            INSERT INTO profile.identity (partition, customer_id, kind, value, linked_at)
            SELECT c.partition, c.customer_id, 'card', repeat('x', 120) || n, now()
            FROM profile.customer c, generate_series(1, 5000) n
            """)
        let events = (0..<70).map { number in
            var event = ProfileBed.event("\(number)", of: "1")
            event.propertiesJSON = #"{"note":"\#(String(repeating: "x", count: 8_000))"}"#
            return event
        }
        _ = try await bed.client.track(.init(events: events), options: ProfileBed.options())
        #expect((5..<70).contains(try await Self.timeline(bed).count))
    }
}
