internal import Foundation
internal import Testing

@testable internal import SegmentationDomain

@Suite("A rule is checked against the dictionary")
struct RuleCheckerTests {
    static let dictionary = RuleDictionary(
        version: 7,
        traits: [
            "age": .integer, "balance": .decimal, "contact": .text, "poutcome": .text, "is_vip": .flag, "since": .time,
            "euribor3m": .decimal, "emp_var_rate": .decimal,
        ])

    private func problems(_ text: String) throws -> [RuleProblem] {
        try LocatedRule(text: text).problems(in: Self.dictionary)
    }

    @Test(
        "rules that agree with the dictionary have no problems",
        arguments: [
            #"poutcome = "success" or (euribor3m < 1.5 and contact = "cellular")"#,
            "age between 30 and 40.5 and balance >= 100 and balance in (1, 2.5)",
            #"is_vip = true and is_vip != false and contact in ("a", "b") and contact != "c""#,
            #"since >= time("2026-01-01T00:00:00+08:00") and since is known and contact is unknown"#,
            #"events("page.view", last 3660 days, where a = 1 and b in ("x", "y") and c between 1 and 2.5) = 0"#,
        ])
    func valid(text: String) throws {
        #expect(try problems(text) == [])
    }

    @Test("a trait that does not exist is named with the nearest that does")
    func unknownTrait() throws {
        let found = try problems("age > 3 and\n  pouctome = \"success\" and Emp.Var.Rate < 1 and zzz = 1")
        #expect(found.map(\.code) == [.unknownTrait, .unknownTrait, .unknownTrait])
        #expect(
            found.map(\.place) == [.text(line: 2, column: 3), .text(line: 2, column: 28), .text(line: 2, column: 49)])
        #expect(found.map(\.suggestion) == ["poutcome", "emp_var_rate", nil])
    }

    @Test("a value of another type is named at its own place")
    func wrongTypes() throws {
        let found = try problems("age = \"30\" and contact in (\"a\", 3) and is_vip = 1 and since > \"2026-01-01\"")
        #expect(found.map(\.code) == [.wrongType, .wrongType, .wrongType, .wrongType])
        #expect(found.map(\.suggestion) == ["30", "\"3\"", "true", "time(\"2026-01-01T00:00:00Z\")"])
        #expect(found.map(\.place).first == .text(line: 1, column: 7))
    }

    @Test(
        "what may be somebody's number is not repeated",
        arguments: ["contact = 13800138000", #"age = "110101199003078888""#, "contact in (13800138000, \"a\")"])
    func personalNumbers(text: String) throws {
        let found = try problems(text)
        #expect(found.map(\.code) == [.wrongType])
        let range = try problems("age between 13800138000 and 5")
        #expect(range.map(\.code) == [.emptyRange])
        #expect(!"\(range)".contains("13800138000"))
        #expect(!"\(found)".contains("13800138000") && !"\(found)".contains("110101199003078888"))
    }

    @Test("a day that stands for a time begins in the bank's zone, as the days of its files do")
    func dayOfTheBank() throws {
        let zone = try #require(TimeZone(identifier: "Asia/Shanghai"))
        let dictionary = RuleDictionary(version: 7, traits: ["since": .time], zone: zone)
        let found = try LocatedRule(text: "since > \"2026-01-01\"").problems(in: dictionary)
        #expect(found.map(\.suggestion) == ["time(\"2025-12-31T16:00:00Z\")"])
    }

    @Test("texts and flags have no order")
    func order() throws {
        #expect(try problems(#"contact < "c""#).map(\.code) == [.noOrder])
        #expect(try problems(#"contact between "a" and "c""#).map(\.code) == [.noOrder])
        #expect(try problems("is_vip >= true").map(\.code) == [.noOrder])
    }

    @Test("a range with nothing in it is turned round")
    func emptyRange() throws {
        let found = try problems("age between 40 and 30")
        #expect(found.map(\.code) == [.emptyRange])
        #expect(found.first?.suggestion == "between 30 and 40")
    }

    @Test("event counts keep within their bounds")
    func eventBounds() throws {
        #expect(try problems(#"events("Log in", last 1 day) > 1"#).map(\.code) == [.badEventType])
        #expect(try problems(#"events("1st", last 1 day) > 1"#).map(\.code) == [.badEventType])
        #expect(try problems(#"events("Login", last 1 day) > 1"#).first?.suggestion == "login")
        #expect(try problems(#"events("login", last 0 days) > 1"#).map(\.code) == [.badWindow])
        #expect(try problems(#"events("login", last 3661 days) > 1"#).map(\.code) == [.badWindow])
        #expect(try problems(#"events("login", last 9223372036854775807 weeks) > 1"#).map(\.code) == [.badWindow])
        #expect(try problems(#"events("login", last 1 day) > -1"#).map(\.code) == [.badCount])
    }

    @Test("a test of a property agrees with itself")
    func properties() throws {
        func found(_ test: String) throws -> [RuleProblem.Code] {
            try problems("events(\"login\", last 1 day, where \(test)) > 1").map(\.code)
        }
        #expect(try found("a in (1, \"x\")") == [.wrongType])
        #expect(try found("a > \"x\"") == [.noOrder])
        #expect(try found("a = time(\"2026-01-01T00:00:00Z\")") == [.wrongType])
        #expect(try found("a between 2 and 1") == [.emptyRange])
    }

    @Test("problems of a rule that came as JSON name the path")
    func paths() throws {
        let json = #"{"and":[{"trait":"age","in":[1,"x"]},{"not":{"trait":"contcat","=":"a"}}]}"#
        let found = try LocatedRule(json: json).problems(in: Self.dictionary)
        #expect(found.map(\.place) == [.json(path: "and[0].in[1]"), .json(path: "and[1].not.trait")])
        #expect(found.last?.suggestion == "contact")
    }

    @Test("the number of problems is bounded")
    func bounded() throws {
        let text = Array(repeating: "nothing_like_it = 1", count: 500).joined(separator: " or ")
        #expect(try problems(text).count == 50)
    }
}
