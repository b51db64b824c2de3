internal import Testing

@testable internal import SegmentationDomain

@Suite("A rule of absurd size is refused, in bounded time and on a bounded stack")
struct RuleLimitsTests {
    private func code(text: String) -> RuleProblem.Code? {
        do throws(RuleProblem) {
            _ = try LocatedRule(text: text)
            return nil
        } catch { return error.code }
    }

    private func code(json: String) -> RuleProblem.Code? {
        do throws(RuleProblem) {
            _ = try LocatedRule(json: json)
            return nil
        } catch { return error.code }
    }

    @Test("text longer than the limit")
    func longText() {
        let spaces = String(repeating: " ", count: RuleLimits.textBytes - 5)
        #expect(code(text: "a = 1" + spaces) == nil)
        #expect(code(text: "a = 1" + spaces + " ") == .tooLarge)
        #expect(code(json: String(repeating: " ", count: RuleLimits.jsonBytes + 1)) == .tooLarge)
    }

    @Test("a text whose canonical form would be longer than the limit")
    func longCanonicalText() {
        let text = "a = \"" + String(repeating: "\u{7F}", count: RuleLimits.textBytes / 2) + "\""
        #expect(code(text: text) == .tooLarge)
    }

    @Test("parentheses, negations and alternations nested too deep")
    func deepText() {
        for depth in [RuleLimits.depth + 1, 30_000] {
            let parentheses = String(repeating: "(", count: depth) + "a = 1" + String(repeating: ")", count: depth)
            #expect(code(text: parentheses) == .tooDeep)
        }
        #expect(code(text: String(repeating: "not ", count: 15_000) + "a = 1") == .tooDeep)
        #expect(code(text: String(repeating: "not ", count: RuleLimits.depth) + "a = 1") == .tooDeep)
        #expect(code(text: String(repeating: "not ", count: RuleLimits.depth - 1) + "a = 1") == nil)
        let alternating = (0..<60).reduce("z = 1") { "a\($1) = 1 or b\($1) = 1 and (\($0))" }
        #expect(code(text: alternating) == .tooDeep)
    }

    @Test("what one form allows the other allows too")
    func depthIsTheSameInBothForms() throws {
        let deepest = try LocatedRule(text: (0..<49).reduce("z = 1") { "a\($1) = 1 or b\($1) = 1 and (\($0))" }).rule
        #expect(try LocatedRule(json: deepest.json).rule == deepest)
        #expect(try LocatedRule(text: deepest.text).rule == deepest)
    }

    @Test("JSON nested too deep")
    func deepJSON() {
        let depth = 20_000
        let json = String(repeating: "{\"not\":", count: depth) + "1" + String(repeating: "}", count: depth)
        #expect(code(json: json) == .badJSON)
        let arrays = String(repeating: "[", count: 100_000)
        #expect(code(json: arrays) == .badJSON)
        let rule =
            String(repeating: "{\"not\":", count: 100) + "{\"trait\":\"a\",\"=\":1}"
            + String(repeating: "}", count: 100)
        #expect(code(json: rule) == .tooDeep)
    }

    @Test("more conditions and listed values than the limit")
    func manyNodes() {
        let many = Array(repeating: "a = 1", count: RuleLimits.nodes - 1).joined(separator: " or ")
        #expect(code(text: many) == nil)
        #expect(code(text: many + " or b = 1") == .tooLarge)
        let list = Array(repeating: "1", count: RuleLimits.nodes).joined(separator: ",")
        #expect(code(text: "a in (\(list))") == nil)
        #expect(code(text: "a in (\(list),1)") == .tooLarge)
    }
}
