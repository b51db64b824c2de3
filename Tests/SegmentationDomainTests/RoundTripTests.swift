internal import Testing

@testable internal import SegmentationDomain

@Suite("A rule keeps its meaning between text and JSON")
struct RoundTripTests {
    static let seeds = Array(UInt64(1)...40)

    @Test("random rules read back equal from both forms", arguments: seeds)
    func readBackEqual(seed: UInt64) throws {
        for round in 0..<25 {
            let rule = try RandomRules.rule(seed: seed * 1_000 + UInt64(round))
            let fromText = try LocatedRule(text: rule.text).rule
            let fromJSON = try LocatedRule(json: rule.json).rule
            #expect(fromText == rule, "\(rule.text)")
            #expect(fromJSON == rule, "\(rule.json)")
            #expect(Array(fromText.text.utf8) == Array(rule.text.utf8))
            #expect(Array(fromJSON.json.utf8) == Array(rule.json.utf8))
        }
    }

    @Test("no pair of parentheses can be left out without changing the rule", arguments: seeds)
    func parenthesesAreMinimal(seed: UInt64) throws {
        for round in 0..<10 {
            let rule = try RandomRules.rule(seed: seed * 7_000 + UInt64(round))
            let text = rule.text
            for pair in try Self.groupingPairs(in: text) {
                var scalars = Array(text.unicodeScalars)
                scalars.remove(at: pair.close)
                scalars.remove(at: pair.open)
                let shorter = String(String.UnicodeScalarView(scalars))
                #expect((try? LocatedRule(text: shorter))?.rule != rule, "\(text)")
            }
        }
    }

    /// Positions of parentheses that group conditions, found by the places of the tokens.
    private static func groupingPairs(in text: String) throws -> [(open: Int, close: Int)] {
        var open: [Int] = []
        var pairs: [(open: Int, close: Int)] = []
        for token in try RuleTokenizer.tokens(of: text) {
            // Printed rules have one line, so a column is a position.
            if token.kind == .leftParenthesis { open.append(token.column - 1) }
            if token.kind == .rightParenthesis { pairs.append((open.removeLast(), token.column - 1)) }
        }
        return pairs
    }

    @Test("the rule of the real bank reads as it is written")
    func bankRule() throws {
        let text = #"poutcome = "success" or (euribor3m < 1.5 and contact = "cellular")"#
        let rule = try LocatedRule(text: text).rule
        #expect(rule.text == #"poutcome = "success" or euribor3m < 1.5 and contact = "cellular""#)
        #expect(
            rule.json
                == #"{"or":[{"trait":"poutcome","=":"success"},"#
                + #"{"and":[{"trait":"euribor3m","<":1.5},{"trait":"contact","=":"cellular"}]}]}"#)
        #expect(try LocatedRule(json: rule.json).rule == rule)
    }

    @Test("an event count with conditions on properties reads as it is written")
    func eventRule() throws {
        let text = #"events("login", last 30 days, where channel = "app" and amount >= 10) >= 3 and not age is known"#
        let rule = try LocatedRule(text: text).rule
        #expect(rule.text == text)
        #expect(
            rule.json
                == #"{"and":[{"events":"login","last":{"days":30},"where":[{"property":"channel","=":"app"},"#
                + #"{"property":"amount",">=":10}],"count":{">=":3}},{"not":{"trait":"age","known":true}}]}"#)
    }

    @Test("words of the language are read in any case and printed in lower case")
    func keywordsInAnyCase() throws {
        let rule = try LocatedRule(text: "AGE > 1 And NOT (b NOT IN (1) OR c Is Known)").rule
        #expect(rule.text == "AGE > 1 and not (not b in (1) or c is known)")
    }
}
