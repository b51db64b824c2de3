internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import Testing

@Suite("Events come in")
struct TrackTests {
    @Test("each item is accepted, a duplicate, or refused with its field, and refused items are kept")
    func itemByItem() async throws {
        let bed = try await ProfileBed.make()
        try await bed.identify("1")
        var wrongType = ProfileBed.event("c", of: "1")
        wrongType.type = "Not A Type"
        var wrongProperties = ProfileBed.event("d", of: "1")
        wrongProperties.propertiesJSON = #"{"a": "\u0000"}"#
        let ahead = ProfileBed.event("e", of: "1", at: ProfileBed.now.addingTimeInterval(301))
        let reply = try await bed.client.track(
            ProfileV1.TrackRequest(events: [
                ProfileBed.event("a", of: "1"), ProfileBed.event("a", of: "1"), ProfileBed.event("b", of: "nobody"),
                wrongType, wrongProperties, ahead,
            ]),
            options: ProfileBed.options())
        #expect(reply.results.map(\.status) == [.accepted, .duplicate, .refused, .refused, .refused, .refused])
        #expect(
            reply.results.dropFirst(2).map { $0.refusal?.field }
                == ["events[2].customer", "events[3].type", "events[4].properties", "events[5].occurred_at"])
        #expect(try await bed.count("SELECT count(*) FROM profile.log WHERE kind = 1") == 1)
        #expect(try await bed.count("SELECT count(*) FROM profile.refused_item") == 4)
        #expect(reply.position?.offsets.count == 1)
    }

    @Test("the same events from many callers at once are stored once, and offsets have no gaps")
    func concurrent() async throws {
        let bed = try await ProfileBed.make()
        for number in 1...20 { try await bed.identify("\(number)") }
        let before = try await bed.count("SELECT count(*) FROM profile.log")
        let results = try await withThrowingTaskGroup(of: [CommonV1.ItemResult].self) { group in
            for _ in 0..<12 {
                group.addTask {
                    let events = (1...100).map { ProfileBed.event("e\($0)", of: "\(1 + $0 % 20)") }.shuffled()
                    return try await bed.client.track(
                        ProfileV1.TrackRequest(events: events), options: ProfileBed.options()
                    ).results
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(results.filter { $0.status == .accepted }.count == 100)
        #expect(results.filter { $0.status == .duplicate }.count == 1_100)
        #expect(try await bed.count("SELECT count(*) FROM profile.log") == before + 100)
        let gaps: SQL = """
            SELECT count(*) FROM profile.log_head h
            WHERE last_offset <> (SELECT count(*) FROM profile.log l WHERE l.partition = h.partition)
            """
        #expect(try await bed.count(gaps) == 0)
    }

    @Test("one event sent before among a thousand new ones is a duplicate, and the new ones are stored without a gap")
    func oneDuplicate() async throws {
        let bed = try await ProfileBed.make()
        for number in 1...40 { try await bed.identify("\(number)") }
        _ = try await bed.client.track(
            ProfileV1.TrackRequest(events: [ProfileBed.event("e500", of: "21")]), options: ProfileBed.options())
        let before = try await bed.count("SELECT sum(last_offset)::bigint FROM profile.log_head")
        let events = (0..<1_000).map { ProfileBed.event("e\($0)", of: "\(1 + $0 % 40)") }
        // Twice: the second time everything is a duplicate.
        for accepted in [999, 0] {
            let reply = try await bed.client.track(
                ProfileV1.TrackRequest(events: events), options: ProfileBed.options())
            #expect(reply.results.count { $0.status == .accepted } == accepted)
            #expect(reply.results.count { $0.status == .duplicate } == 1_000 - accepted)
            #expect(reply.results[500].status == .duplicate)
        }
        #expect(try await bed.count("SELECT sum(last_offset)::bigint FROM profile.log_head") == before + 999)
        // A customer's events stand in the order in which they were sent.
        let disordered: SQL = """
            SELECT count(*) FROM profile.log a JOIN profile.log b
                ON b.partition = a.partition AND b.customer_id = a.customer_id AND b.log_offset > a.log_offset
            WHERE a.kind = 1 AND b.kind = 1 AND a.dedupe_key <> 'e500' AND b.dedupe_key <> 'e500'
              AND substr(a.dedupe_key, 2)::integer > substr(b.dedupe_key, 2)::integer
            """
        #expect(try await bed.count(disordered) == 0)
    }

    @Test("an event by a person is refused for a customer of another office")
    func scope() async throws {
        let bed = try await ProfileBed.make()
        try await bed.identify("1", office: "/head/west/")
        try await bed.identify("2", office: "/head/east/pudong/")
        let reply = try await bed.client.track(
            ProfileV1.TrackRequest(events: [ProfileBed.event("a", of: "1"), ProfileBed.event("b", of: "2")]),
            options: ProfileBed.options(ProfileBed.east))
        #expect(reply.results.map(\.status) == [.refused, .accepted])
    }
}
