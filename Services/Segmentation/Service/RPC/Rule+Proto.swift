internal import Contracts
internal import SegmentationDomain

extension LocatedRule {
    /// - Throws: `RuleProblem`, or `SegmentationFailure.noRule` where there is none.
    init(_ message: SegmentationV1.Rule?) throws {
        switch message?.form {
        case .text(let text): try self.init(text: text)
        case .json(let json): try self.init(json: json)
        case nil: throw SegmentationFailure.noRule
        }
    }
}

extension CheckedRule {
    /// - Throws: `RuleProblems`, or `SegmentationFailure.noRule` where there is none.
    init(_ message: SegmentationV1.Rule?, in dictionary: RuleDictionary) throws {
        let located: LocatedRule
        do {
            located = try LocatedRule(message)
        } catch let problem as RuleProblem {
            throw RuleProblems([problem])
        }
        try self.init(located, in: dictionary)
    }
}

extension SegmentationV1.RuleProblem {
    init(_ problem: RuleProblem) {
        self.init(code: problem.code.description, message: problem.message, suggestion: problem.suggestion ?? "")
        switch problem.place {
        case .text(let line, let column):
            self.line = Int32(clamping: line)
            self.column = Int32(clamping: column)
        case .json(let path): self.path = path
        }
    }
}
