/// A rule that fits a dictionary: the only kind that is ever evaluated.
public struct CheckedRule: Sendable, Hashable {
    public let rule: Rule
    public let dictionary: RuleDictionary

    /// - Throws: every problem that was found, at least one.
    public init(_ located: LocatedRule, in dictionary: RuleDictionary) throws(RuleProblems) {
        let problems = located.problems(in: dictionary)
        guard problems.isEmpty else { throw RuleProblems(problems) }
        rule = located.rule
        self.dictionary = dictionary
    }

    /// The traits of the highest sensitivity that the rule asks for, by name.
    public var hiddenTraits: [String] {
        let named = rule.conditions.compactMap { condition in
            if case .trait(let name, _) = condition { name } else { nil }
        }
        return dictionary.hiddenTraits.intersection(named).sorted()
    }
}

/// Why a rule cannot be used.
public struct RuleProblems: Error, Sendable, Hashable {
    /// In the order of the text; at least one.
    public let problems: [RuleProblem]

    public init(_ problems: [RuleProblem]) {
        precondition(!problems.isEmpty, "no problems are no error")
        self.problems = problems
    }
}
