internal import Testing

@testable internal import SegmentationDomain

/// One JSON that is not a rule, and the path at which the program is told so.
struct BadJSON: Sendable, CustomTestStringConvertible {
    var json: String
    var path: String
    var code: RuleProblem.Code
    var suggestion: String?

    init(_ json: String, _ path: String, _ code: RuleProblem.Code = .badJSON, _ suggestion: String? = nil) {
        (self.json, self.path, self.code, self.suggestion) = (json, path, code, suggestion)
    }

    var testDescription: String { json }
}

@Suite("Mistakes in a rule's JSON are named with their path")
struct RuleJSONTests {
    static let mistakes: [BadJSON] = [
        BadJSON("", ""),
        BadJSON("{", ""),
        BadJSON("[]", ""),
        BadJSON("{}", ""),
        BadJSON(#"{"trait":"a","=":1} x"#, ""),
        BadJSON(#"{"trait":"a","trait":"b","=":1}"#, ""),
        BadJSON(#"{"trait":"a"}"#, ""),
        BadJSON(#"{"trait":"a","=":1,"<":2}"#, ""),
        BadJSON(#"{"trait":"a","==":1}"#, "", .badJSON, "="),
        BadJSON(#"{"trati":"a","=":1}"#, "", .badJSON, "trait"),
        BadJSON(#"{"trait":3,"=":1}"#, "trait"),
        BadJSON(#"{"and":[{"trait":"a","=":1}]}"#, "and"),
        BadJSON(#"{"and":{"trait":"a","=":1}}"#, "and"),
        BadJSON(#"{"and":[{"trait":"a","=":1},{"or":[1,2]}]}"#, "and[1].or[0]"),
        BadJSON(#"{"and":[{"trait":"a","=":1},{"trait":"b","=":null}]}"#, "and[1].="),
        BadJSON(#"{"not":{"trait":"a","in":[]}}"#, "not.in"),
        BadJSON(#"{"trait":"a","in":[1,[2]]}"#, "in[1]"),
        BadJSON(#"{"trait":"a","between":[1]}"#, "between"),
        BadJSON(#"{"trait":"a","known":1}"#, "known"),
        BadJSON(#"{"trait":"a","=":{"time":"yesterday"}}"#, "=.time", .badTime),
        BadJSON(#"{"trait":"a","=":99999999999999999999}"#, "=", .badNumber),
        BadJSON(#"{"trait":"a","=":"\u0000"}"#, ""),
        BadJSON(#"{"trait":"a","=":"\ud800"}"#, ""),
        BadJSON(#"{"trait":"a","=":01}"#, ""),
        BadJSON(#"{"events":"l","last":{"days":1.5},"count":{">=":1}}"#, "last"),
        BadJSON(#"{"events":"l","last":{"dys":1},"count":{">=":1}}"#, "last", .badJSON, "days"),
        BadJSON(#"{"events":"l","last":{"days":1}}"#, ""),
        BadJSON(#"{"events":"l","last":{"days":1},"where":[],"count":{">=":1}}"#, "where"),
        BadJSON(#"{"events":"l","last":{"days":1},"where":[{"property":1}],"count":{">=":1}}"#, "where[0].property"),
        BadJSON(#"{"events":"l","last":{"days":1},"count":{">=":"1"}}"#, "count"),
    ]

    @Test("each mistake", arguments: mistakes)
    func eachMistake(mistake: BadJSON) throws {
        let problem = try #require(throws: RuleProblem.self) { try LocatedRule(json: mistake.json) }
        #expect(problem.place == .json(path: mistake.path), "\(problem.message)")
        #expect(problem.code == mistake.code, "\(problem.message)")
        #expect(problem.suggestion == mistake.suggestion, "\(problem.message)")
    }

    @Test("escapes, pairs of surrogates and white space are read")
    func escapes() throws {
        let json = " { \"trait\" : \"a\" ,\n \"=\" : \"\\ud83d\\ude00\\u77e5\\/\\b\" } "
        let rule = try LocatedRule(json: json).rule
        #expect(rule.conditions == [.trait(name: "a", test: .compare(.equal, .text("\u{1F600}\u{77E5}/\u{8}")))])
    }

    @Test("a whole number and a decimal of the same size stay what they are")
    func numbersKeepTheirKind() throws {
        let rule = try LocatedRule(json: #"{"trait":"a","in":[5000,5000.0,5e3,-0.0]}"#).rule
        #expect(rule.text == "a in (5000, 5000.0, 5000.0, -0.0)")
        #expect(rule.json == #"{"trait":"a","in":[5000,5000.0,5000.0,-0.0]}"#)
    }
}
