extension LocatedRule {
    /// Reads a rule as people write it.
    public init(text: String) throws(RuleProblem) {
        self = try RuleParser.parse(text)
        try requirePrintable(at: .text(line: 1, column: 1))
    }

    /// Reads a rule as programs send it.
    public init(json: String) throws(RuleProblem) {
        self = try RuleJSONParser.parse(json)
        try requirePrintable(at: .json(path: ""))
    }

    /// What was taken must be taken again in its canonical form, which can be longer than what was written.
    private func requirePrintable(at place: RulePlace) throws(RuleProblem) {
        guard rule.text.utf8.count <= RuleLimits.textBytes else {
            throw RuleProblem(
                .tooLarge, at: place,
                "A rule may have at most \(RuleLimits.textBytes / 1024) KiB of text; split it into segments.")
        }
    }
}
