internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import Testing

@Suite("Events with an idempotency key")
struct TrackKeyTests {
    private static func batch(_ ids: [String]) -> ProfileV1.TrackRequest {
        ProfileV1.TrackRequest(events: ids.map { ProfileBed.event($0, of: "1") })
    }

    private static func events(_ bed: ProfileBed) async throws -> Int64 {
        try await bed.count("SELECT count(*) FROM profile.log WHERE kind = 1")
    }

    @Test("a repetition gets the equal reply, refused items included, and stores nothing again")
    func repetition() async throws {
        let bed = try await ProfileBed.make()
        try await bed.identify("1")
        var request = Self.batch(["a", "b"])
        request.events.append(ProfileBed.event("c", of: "nobody"))
        let first = try await bed.client.track(request, options: ProfileBed.options(key: "k1"))
        #expect(first.results.map(\.status) == [.accepted, .accepted, .refused])
        #expect(try await bed.client.track(request, options: ProfileBed.options(key: "k1")) == first)
        #expect(try await Self.events(bed) == 2)
        #expect(try await bed.count("SELECT count(*) FROM profile.refused_item") == 1)
        let other = try await bed.client.track(request, options: ProfileBed.options(key: "k2"))
        #expect(other.results.map(\.status) == [.duplicate, .duplicate, .refused])
    }

    @Test("where every item was refused the key is free: the same call is looked at anew")
    func onlyRefused() async throws {
        let bed = try await ProfileBed.make()
        let first = try await bed.client.track(Self.batch(["a"]), options: ProfileBed.options(key: "k1"))
        #expect(first.results.map(\.status) == [.refused])
        try await bed.identify("1")
        for _ in 0..<2 {
            let again = try await bed.client.track(Self.batch(["a"]), options: ProfileBed.options(key: "k1"))
            #expect(again.results.map(\.status) == [.accepted])
        }
        #expect(try await Self.events(bed) == 1)
    }

    @Test("the same key with other events is refused, and they are not stored")
    func otherRequest() async throws {
        let bed = try await ProfileBed.make()
        try await bed.identify("1")
        _ = try await bed.client.track(Self.batch(["a"]), options: ProfileBed.options(key: "k1"))
        await #expect {
            try await bed.client.track(Self.batch(["b"]), options: ProfileBed.options(key: "k1"))
        } throws: { error in
            let error = error as? RPCError
            return error?.code == .invalidArgument && error?.field == "idempotency_key"
        }
        #expect(try await Self.events(bed) == 1)
    }

    @Test(
        "the same events at once by one key, by many keys and without any are counted once, and one key answers alike")
    func atOnce() async throws {
        let bed = try await ProfileBed.make()
        for number in 1...5 { try await bed.identify("\(number)") }
        let request = ProfileV1.TrackRequest(
            events: (0..<300).map { ProfileBed.event("e\($0)", of: "\(1 + $0 % 5)") })
        let keys: [String?] =
            (0..<4).map { _ in "shared" } + (0..<4).map { "own\($0)" } + (0..<4).map { _ in nil }
        let replies = try await withThrowingTaskGroup(of: (String?, ProfileV1.TrackResponse).self) { group in
            for key in keys.shuffled() {
                group.addTask { (key, try await bed.client.track(request, options: ProfileBed.options(key: key))) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(replies.filter { $0.0 == "shared" }.map(\.1.results)).count == 1)
        // A reply that was given more than once stands for one execution.
        let executions = replies.filter { $0.0 != "shared" }.map(\.1) + [replies.first { $0.0 == "shared" }!.1]
        let accepted = executions.flatMap(\.results).count { $0.status == .accepted }
        #expect(accepted == 300)
        #expect(try await Self.events(bed) == 300)
        let gaps: SQL = """
            SELECT count(*) FROM profile.log_head h
            WHERE last_offset <> (SELECT count(*) FROM profile.log l WHERE l.partition = h.partition)
            """
        #expect(try await bed.count(gaps) == 0)
    }
}
