internal import Foundation
internal import ProfileDomain
internal import Testing

@Suite("Rules of events and names")
struct EventRulesTests {
    static let now = Date(timeIntervalSince1970: 1_772_416_800)

    static func event(properties: String = "", at: Date = now, type: String = "a.b") throws -> BehaviourEvent {
        try BehaviourEvent(id: "1", type: type, occurredAt: at, propertiesJSON: properties, receivedAt: now)
    }

    @Test(
        "refuses properties that the database could not keep",
        arguments: [
            "[1]", "{", "{}x", #"{"a":}"#, #"{"a":01}"#, #"{"a":"\u0000"}"#, #"{"a":"\ud800"}"#, #"{"a":1e400}"#,
            #"{"a":1e-20000}"#, #"{"a":0e-20000}"#, #"{"a":0e999999999999}"#, #"{"a":[-1e-31]}"#, #"{"a":1E+31}"#,
            "{\"a\":\"\u{1}\"}", #"{'a':1}"#, #"{"a":1,}"#, #"{"a":NaN}"#, #"{"a":"\x"}"#,
            String(repeating: #"{"a":"#, count: 20) + "1" + String(repeating: "}", count: 20),
        ])
    func badProperties(_ text: String) {
        #expect(throws: FieldProblem.self) { try Self.event(properties: text) }
    }

    @Test(
        "takes what JSON allows",
        arguments: [
            "{}", #" { "a" : [ 1 , -0.5e-3 , true , null , "\u00e9\ud83d\ude00\n" ] } "#, #"{"键":{"b":{}}}"#,
            #"{"a":[1.7976931348623157e30,-5e-30,1E+0000000003,0e-9]}"#,
        ])
    func goodProperties(_ text: String) throws {
        #expect(try Self.event(properties: text).propertiesJSON == text)
    }

    @Test("takes late events and refuses those more than five minutes ahead")
    func time() throws {
        _ = try Self.event(at: Self.now.addingTimeInterval(300))
        _ = try Self.event(at: Self.now.addingTimeInterval(-86_400 * 900))
        #expect(throws: FieldProblem.self) { try Self.event(at: Self.now.addingTimeInterval(301)) }
    }

    @Test("masks so that no more than a third of a value is seen")
    func masking() {
        for length in 0...30 {
            let text = String("abcdefghijklmnopqrstuvwxyz0123456789".prefix(length))
            let masked = Masking.mask(text)
            #expect(masked.count == length)
            #expect(masked.filter { $0 != "*" }.count <= length / 3)
        }
    }

    @Test("plans homes: known, new, shared within a batch, and two customers in one row refused")
    func homes() throws {
        let (a, b, c, d) = (
            try Identity(kind: "k", value: "a"), try Identity(kind: "k", value: "b"),
            try Identity(kind: "k", value: "c"),
            try Identity(kind: "k", value: "d")
        )
        let rows = [[a, c], [b], [c, d], [a, b], [d]]
        let known: [Identity: Int64] = [a: 1]
        let plan = HomePlan(rows: rows, known: known, newIDs: [10, 11, 12])
        #expect(plan.homes.map { try? $0.get() } == [1, 10, 1, nil, 1])
        #expect(plan.links.map(\.home) == [1, 10, 1])
        #expect(plan.created.map(\.home) == [10])
        #expect(HomePlan.newIDsNeeded(rows: rows, known: known) == 3)
    }

    @Test("a second customer number is refused, whichever row and identity would bring it to a customer")
    func secondNumber() throws {
        func number(_ value: String) throws -> Identity {
            try Identity(kind: Identity.customerNumberKind, value: value)
        }
        let phone = try Identity(kind: "phone", value: "p")
        let (one, two) = (try number("1"), try number("2"))
        for (first, second) in [(one, two), (two, one)] {
            let plan = HomePlan(rows: [[first, phone], [second, phone], [phone]], known: [:], newIDs: [10, 11, 12])
            #expect(plan.homes == [.success(10), .failure(HomePlan.secondNumber), .success(10)])
            #expect(plan.links.map(\.identity) == [first, phone])
            // The number may come later, but only one of them.
            let later = HomePlan(rows: [[phone], [first, phone], [second, phone]], known: [:], newIDs: [10, 11, 12])
            #expect(later.homes == [.success(10), .success(10), .failure(HomePlan.secondNumber)])
            let known = HomePlan(rows: [[second, phone]], known: [phone: 5, first: 5], newIDs: [10], numbered: [5])
            #expect(known.homes == [.failure(HomePlan.secondNumber)])
        }
        #expect(HomePlan(rows: [[one, two]], known: [:], newIDs: [10]).homes == [.failure(HomePlan.secondNumber)])
        #expect(HomePlan(rows: [[one, one, phone]], known: [:], newIDs: [10]).homes == [.success(10)])
        #expect(HomePlan(rows: [[one, phone]], known: [phone: 5], newIDs: []).homes == [.success(5)])
    }

    @Test("a row with an identity of a customer that may not be touched is refused and links nothing")
    func homesElsewhere() throws {
        let (a, b, c) = (
            try Identity(kind: "k", value: "a"), try Identity(kind: "k", value: "b"),
            try Identity(kind: "k", value: "c")
        )
        let plan = HomePlan(rows: [[c, a], [a, b], [b], [c]], known: [a: 1, b: 2], newIDs: [10], elsewhere: [1])
        #expect(plan.homes == [.failure(HomePlan.elsewhere), .failure(HomePlan.elsewhere), .success(2), .success(10)])
        #expect(plan.links.map(\.home) == [10])
        #expect(HomePlan.elsewhere.field == "identities")
    }
}
