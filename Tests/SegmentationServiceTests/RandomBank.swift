internal import Contracts
internal import Foundation
internal import Postgres
internal import SegmentationDomain
internal import TestSupport

/// Customers, events and rules at random, made so that they meet: few values, many of them unknown or at an edge.
struct RandomBank {
    var random: SeededGenerator
    let now: Int64

    static let traits: [String: ProfileV1.TraitType] = [
        "color": .text, "visits": .integer, "balance": .decimal, "active": .flag, "since": .time,
    ]

    private static let texts = ["red", "Red", "", "e\u{301}", "\u{E9}", "\u{77E5}\u{5BA2}", "it's \"x\" \\ $1"]
    private static let integers: [Int64] = [-1, 0, 1, 2, 3, 9_007_199_254_740_993, .max]
    private static let decimals: [Double] = [-0.5, -0.0, 0, 1, 1.5, 2, 1e300, 0.1]
    private static let properties = [
        #"{"amount":1,"channel":"app"}"#, #"{"amount":1.50,"channel":"web","ok":true}"#, #"{"amount":"1"}"#,
        #"{"amount":null,"ok":false}"#, #"{"amount":[1]}"#, #"{"amount":1e400}"#, #"{"amount":-1e-400}"#,
        #"{"amount":0.1,"channel":1}"#, #"{"amount":0.1000000000000000055511151231257827}"#,
        #"{"amount":0.30000000000000004}"#, #"{}"#,
    ]

    mutating func customer(_ id: Int64) -> (TestCustomer, CustomerFacts) {
        var customer = TestCustomer(id: id)
        var facts = CustomerFacts()
        func set(_ name: String, _ sql: SQL, _ value: RuleValue) {
            customer.traits[name] = sql
            facts.traits[name] = value
        }
        if chance(70) {
            let text = pick(Self.texts)
            set("color", "\(text)", .text(text))
        }
        if chance(70) {
            let number = pick(Self.integers)
            set("visits", "\(number)", .integer(number))
        }
        if chance(70) {
            let number = pick(Self.decimals)
            set("balance", "\(number)", .decimal(number))
        }
        if chance(70) {
            let flag = chance(50)
            set("active", "\(flag)", .flag(flag))
        }
        if chance(70) {
            let moment = time()
            set("since", "\(Date(microseconds: moment))", .time(microseconds: moment))
        }
        for _ in 0..<Int.random(in: 0...4, using: &random) { facts.events.append(event()) }
        return (customer, facts)
    }

    private mutating func event() -> CustomerFacts.Event {
        let properties = chance(20) ? nil : pick(Self.properties)
        return CustomerFacts.Event(
            type: pick(["login", "buy"]), occurredAtMicroseconds: time(),
            properties: properties.flatMap { try? JSONReader.read($0, depthLimit: 8) } ?? .null)
    }

    /// At, just before and just after the edges of the windows.
    private mutating func time() -> Int64 {
        now - pick([0, 1, 2, 7]) * 86_400_000_000 + pick([-1, 0, 1])
    }

    // MARK: Rules

    mutating func rule(depth: Int = 0) -> String {
        switch depth > 2 ? 0 : Int.random(in: 0..<6, using: &random) {
        case 3: return "(\(rule(depth: depth + 1)) and \(rule(depth: depth + 1)))"
        case 4: return "(\(rule(depth: depth + 1)) or \(rule(depth: depth + 1)))"
        case 5: return "not \(rule(depth: depth + 1))"
        default: return chance(30) ? eventCondition() : traitCondition()
        }
    }

    private mutating func traitCondition() -> String {
        let name = pick(["color", "visits", "balance", "active", "since"])
        if chance(15) { return "\(name) is \(chance(50) ? "known" : "unknown")" }
        switch name {
        case "color": return equality(name) { $0.quoted($0.pick(Self.texts)) }
        case "active": return "active \(pick(["=", "!="])) \(chance(50))"
        case "since":
            return ordered(name) { bank in
                "time(\"\(Date(microseconds: bank.time()).ISO8601Format(.iso8601(timeZone: .gmt, includingFractionalSeconds: true)))\")"
            }
        default: return ordered(name) { $0.number() }
        }
    }

    private mutating func number() -> String {
        chance(50) ? "\(pick(Self.integers))" : "\(pick(Self.decimals))"
    }

    private mutating func equality(_ name: String, _ value: (inout RandomBank) -> String) -> String {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: "\(name) = \(value(&self))"
        case 1: "\(name) != \(value(&self))"
        default: "\(name) in (\(value(&self)), \(value(&self)))"
        }
    }

    private mutating func ordered(_ name: String, _ value: (inout RandomBank) -> String) -> String {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: equality(name, value)
        case 1: "\(name) between \(value(&self)) and \(value(&self))"
        default: "\(name) \(pick(["<", "<=", ">", ">="])) \(value(&self))"
        }
    }

    private mutating func eventCondition() -> String {
        let window = pick(["1 day", "2 days", "48 hours", "1 week", "1440 minutes"])
        var text = "events(\"\(pick(["login", "buy", "none"]))\", last \(window)"
        if chance(60) {
            text += ", where " + propertyCondition()
            if chance(30) { text += " and " + propertyCondition() }
        }
        return text + ") \(pick(["=", "!=", "<", "<=", ">", ">="])) \(Int.random(in: 0...2, using: &random))"
    }

    private mutating func propertyCondition() -> String {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: "amount is \(chance(50) ? "known" : "unknown")"
        case 1: "ok \(pick(["=", "!="])) \(chance(50))"
        case 2: equality("channel") { "\"\($0.pick(["app", "web", "1"]))\"" }
        case 3: equality("amount") { $0.pick(["1", "1.5", "0.1", "0.30000000000000004"]) }
        default: ordered("amount") { $0.pick(["1", "1.5", "0.1", "0.30000000000000004", "0", "1.7e308", "-1"]) }
        }
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &random)]
    }
}
