internal import Foundation
internal import ProfileDomain
internal import Testing

@Suite("Texts that only look the same")
struct ExactTextTests {
    /// Canonically equal, with other bytes: K and the Kelvin sign, é in one and in two, two signs of one ideograph.
    static let pairs = [("K100", "\u{212A}100"), ("\u{E9}1", "e\u{301}1"), ("\u{F900}", "\u{8C48}")]

    @Test("name two customers", arguments: pairs)
    func identities(one: String, other: String) throws {
        #expect(one == other)
        let both = [try Identity(kind: "card", value: one), try Identity(kind: "card", value: other)]
        #expect(both[0] != both[1] && Set(both).count == 2)
        let plan = HomePlan(rows: both.map { [$0] }, known: [:], newIDs: [1, 2])
        #expect(plan.created.map(\.home) == [1, 2])
    }

    @Test("are two values of a trait", arguments: pairs)
    func traits(one: String, other: String) {
        let changes = TraitChange.changes(from: ["t": .text(one)], to: ["t": .text(other)])
        #expect(changes.count == 1)
        #expect(TraitChange.changes(from: ["t": .text(one)], to: ["t": .text(one)]).isEmpty)
    }
}
