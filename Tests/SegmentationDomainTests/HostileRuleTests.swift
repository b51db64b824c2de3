internal import Testing

@testable internal import SegmentationDomain

@Suite("Whatever is sent as a rule is read or refused")
struct HostileRuleTests {
    static let seeds = Array(UInt64(1)...10)

    @Test("rules with characters changed, cut out and put in", arguments: seeds)
    func changedRules(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var readCount = 0
        for round in 0..<300 {
            let rule = try RandomRules.rule(seed: seed * 31_000 + UInt64(round))
            for form in [Form.text, .json] {
                let changed = change(form == .text ? rule.text : rule.json, &random)
                do throws(RuleProblem) {
                    let read = form == .text ? try LocatedRule(text: changed) : try LocatedRule(json: changed)
                    // What is read at all is read whole, and its problems can be told.
                    #expect(try LocatedRule(text: read.rule.text).rule == read.rule)
                    #expect(try LocatedRule(json: read.rule.json).rule == read.rule)
                    _ = read.problems(in: RuleCheckerTests.dictionary)
                    readCount += 1
                } catch {
                    #expect(!error.message.isEmpty)
                }
            }
        }
        #expect(readCount > 0)
    }

    private enum Form {
        case text
        case json
    }

    private func change(_ text: String, _ random: inout SplitMix) -> String {
        var scalars = Array(text.unicodeScalars)
        let inserted = Array("()\"\\`,:{}[]=<>!-+.eE019 antd\u{0}\n\u{FF08}\u{1F600}u".unicodeScalars)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 0...scalars.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0 where place < scalars.count: scalars.remove(at: place)
            case 1 where place < scalars.count:
                scalars[place] = inserted[Int.random(in: 0..<inserted.count, using: &random)]
            default: scalars.insert(inserted[Int.random(in: 0..<inserted.count, using: &random)], at: place)
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
