internal import Contracts
internal import Foundation
internal import Postgres
internal import ProfileDomain
internal import RPC
internal import TestSupport
internal import Testing

@Suite("Properties of events and the database")
struct PropertiesTests {
    /// A number as JSON writes it, often at the edges of what a double and a numeric can hold.
    private static func number(_ random: inout SeededGenerator) -> String {
        func digits(_ count: Int) -> String {
            (0..<count).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
        }
        var text = Bool.random(using: &random) ? "-" : ""
        text += Bool.random(using: &random) ? "0" : "7" + digits(.random(in: 0...40, using: &random))
        if Bool.random(using: &random) { text += "." + digits(.random(in: 1...40, using: &random)) }
        let edges = [0, 9, 27, 30, 300, 308, 324, 400, 401, 16_383, 16_384, 131_072, 2_147_483_648]
        if let edge = edges.randomElement(using: &random), Bool.random(using: &random) {
            text += ["e", "E-", "e+", "e-"].randomElement(using: &random)!
            text += String(repeating: "0", count: .random(in: 0...3, using: &random))
            text += String(edge + .random(in: -2...2, using: &random) * (edge > 2 ? 1 : 0))
        }
        return text
    }

    @Test("what the check of a number lets pass, the database keeps")
    func numbers() async throws {
        let bed = try await ProfileBed.make()
        var random = SeededGenerator("numbers in properties")
        let texts = (0..<4_000).map { _ in #"{"a":\#(Self.number(&random))}"# }
        let passing = texts.filter { text in (try? JSONObjectCheck.check(text, byteLimit: 8_192)) != nil }
        #expect(passing.count > 1_000)
        var refused: [String] = []
        for text in passing {
            do {
                _ = try await bed.administrator.query("SELECT \(text)::text::jsonb")
            } catch is PostgresError {
                refused.append(text)
            }
        }
        #expect(refused == [])
    }

    @Test("a number that the database would not keep is refused alone, and the other items are stored")
    func refusedAlone() async throws {
        let bed = try await ProfileBed.make()
        try await bed.identify("1")
        var tiny = ProfileBed.event("tiny", of: "1")
        tiny.propertiesJSON = #"{"amount": 1e-20000}"#
        let reply = try await bed.client.track(
            ProfileV1.TrackRequest(events: [ProfileBed.event("a", of: "1"), tiny, ProfileBed.event("b", of: "1")]),
            options: ProfileBed.options())
        #expect(reply.results.map(\.status) == [.accepted, .refused, .accepted])
        #expect(reply.results[1].refusal?.field == "events[1].properties")
    }
}
