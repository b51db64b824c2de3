import Foundation
import KPIDomain
import TestSupport
import Testing

@Suite("What one customer counts for")
struct CustomerFactsTests {
    static let start = Date(timeIntervalSince1970: 1_772_416_800)
    static let days = BusinessDay(timeZone: TimeZone(secondsFromGMT: 8 * 3_600)!)

    static func cut(_ arm: String, control: Bool = false, wave: Int32 = 1) -> Cut {
        Cut(
            officePath: "/head/b01/", manager: "m1", arm: arm, isControl: control, wave: wave, channel: "sms",
            windowMicroseconds: 86_400_000_000)
    }

    static func facts(_ list: [Fact]) -> CustomerFacts {
        var facts = CustomerFacts()
        for fact in list { facts.add(fact) }
        return facts
    }

    @Test("does not depend on the order of reading, nor on reading twice")
    func order() {
        let list: [Fact] = [
            .refused(at: Self.start.addingTimeInterval(-50), cut: Self.cut(""), reason: "cap"),
            .contacted(dedupeKey: "a", at: Self.start, cut: Self.cut("contacted"), unknown: true),
            .contacted(
                dedupeKey: "b", at: Self.start.addingTimeInterval(60), cut: Self.cut("contacted"), unknown: false),
            .deliveryChanged(dedupeKey: "a", at: Self.start, cut: Self.cut("contacted"), sent: false),
            .outcome(eventID: "1", at: Self.start.addingTimeInterval(30), valueMinor: 5),
            .outcome(eventID: "2", at: Self.start.addingTimeInterval(90), valueMinor: 7),
            .outcome(eventID: "3", at: Self.start.addingTimeInterval(60 + 86_401), valueMinor: 9),
        ]
        let expected = Contribution(campaignID: 1, facts: Self.facts(list), days: Self.days).amounts
        var generator = SeededGenerator("facts in any order")
        for _ in 0..<50 {
            let twice = list[Int.random(in: list.indices, using: &generator)]
            let shuffled = (list + [twice]).shuffled(using: &generator)
            let found = Contribution(campaignID: 1, facts: Self.facts(shuffled), days: Self.days).amounts
            #expect(found == expected, "seed \(generator.seed)")
        }
        #expect(expected.first { $0.key.measure == .conversions }?.value == 1)
        #expect(expected.first { $0.key.measure == .valueMinor }?.value == 7)
    }

    @Test("counts conversions from the own moment to the end of the window, ends included")
    func window() {
        let moment = Fact.held(at: Self.start, cut: Self.cut("held", control: true))
        func converted(after seconds: Double) -> Bool {
            let outcome = Fact.outcome(eventID: "x", at: Self.start.addingTimeInterval(seconds), valueMinor: 0)
            let contribution = Contribution(campaignID: 1, facts: Self.facts([moment, outcome]), days: Self.days)
            return contribution.amounts.contains { $0.key.measure == .converted }
        }
        #expect(!converted(after: -1))
        #expect(converted(after: 0))
        #expect(converted(after: 86_400))
        #expect(!converted(after: 86_401))
    }

    @Test("who was given up counts as not delivered, until a contact leaves after all")
    func drivenAgain() {
        let givenUp = Fact.refused(at: Self.start, cut: Self.cut("contacted"), reason: "not_delivered")
        guard case .refused(let refusal) = CustomerResult(Self.facts([givenUp])) else {
            Issue.record("counted in an arm")
            return
        }
        #expect(refusal.reason == "not_delivered")
        let later = Self.start.addingTimeInterval(3_600)
        let contact = Fact.contacted(dedupeKey: "a", at: later, cut: Self.cut("contacted"), unknown: false)
        guard case .inArm(let moment, _, _) = CustomerResult(Self.facts([givenUp, contact])) else {
            Issue.record("counted in no arm")
            return
        }
        #expect(moment.at == later)
    }

    @Test("who was refused is in no arm, with the first reason alone")
    func refused() {
        let facts = Self.facts([
            .refused(at: Self.start.addingTimeInterval(9), cut: Self.cut("", wave: 2), reason: "cap"),
            .refused(at: Self.start, cut: Self.cut(""), reason: "no_consent"),
            .outcome(eventID: "1", at: Self.start, valueMinor: 1),
        ])
        let amounts = Contribution(campaignID: 1, facts: facts, days: Self.days).amounts
        #expect(amounts.count == 1)
        #expect(amounts.first?.key.reason == "no_consent")
    }

    @Test("a contact that turned out not to have left is no contact, and the customer is not lost from the audience")
    func notDelivered() {
        let facts = Self.facts([
            .contacted(dedupeKey: "a", at: Self.start, cut: Self.cut("contacted"), unknown: true),
            .deliveryChanged(dedupeKey: "a", at: Self.start, cut: Self.cut("contacted"), sent: false),
        ])
        let amounts = Contribution(campaignID: 1, facts: facts, days: Self.days).amounts
        #expect(amounts.map(\.key.reason) == ["not_delivered"])
    }

    @Test("whom the channel refused for good without any contact is refused as not delivered")
    func refusedByTheChannel() {
        let notSent = Fact.deliveryChanged(dedupeKey: "a", at: Self.start, cut: Self.cut("contacted"), sent: false)
        let later = Fact.refused(at: Self.start.addingTimeInterval(60), cut: Self.cut("", wave: 2), reason: "cap")
        let amounts = Contribution(campaignID: 1, facts: Self.facts([later, notSent]), days: Self.days).amounts
        #expect(amounts.map(\.key.reason) == ["not_delivered"])
        #expect(amounts.map(\.key.officePath) == ["/head/b01/"])
        let reached = Fact.contacted(
            dedupeKey: "b", at: Self.start.addingTimeInterval(9), cut: Self.cut("contacted", wave: 2), unknown: false)
        let treated = Contribution(campaignID: 1, facts: Self.facts([notSent, reached]), days: Self.days).amounts
        #expect(treated.map(\.key.measure) == [.customers])
    }

    @Test("what a channel refused before its cut was kept counts nowhere, as before")
    func withoutCut() {
        let bare = Cut(
            officePath: "", manager: "", arm: "", isControl: false, wave: 0, channel: "", windowMicroseconds: 0)
        let notSent = Fact.deliveryChanged(
            dedupeKey: "a", at: Date(timeIntervalSince1970: 0), cut: bare, sent: false)
        #expect(Contribution(campaignID: 1, facts: Self.facts([notSent]), days: Self.days).amounts.isEmpty)
    }

    @Test("takes the business day from the bank's time zone")
    func day() {
        // 2026-03-01 16:30 UTC is past midnight in Shanghai.
        #expect(Self.days.text(of: Date(timeIntervalSince1970: 1_772_382_600)) == "2026-03-02")
    }

    @Test("a change from one contribution to the next leaves nothing behind")
    func difference() {
        let old = Contribution(
            campaignID: 1, facts: Self.facts([.refused(at: Self.start, cut: Self.cut(""), reason: "cap")]),
            days: Self.days)
        let newFacts = Self.facts([
            .refused(at: Self.start, cut: Self.cut(""), reason: "cap"),
            .contacted(dedupeKey: "a", at: Self.start, cut: Self.cut("contacted"), unknown: false),
        ])
        let new = Contribution(campaignID: 1, facts: newFacts, days: Self.days)
        var change = new
        change.subtract(old)
        change.merge(old)
        #expect(change.amounts == new.amounts)
    }
}
