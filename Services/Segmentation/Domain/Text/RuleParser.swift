/// Reads the text of a rule.
///
///     rule        = conjunction { "or" conjunction }
///     conjunction = term { "and" term }
///     term        = "not" term | "(" rule ")" | condition
///     condition   = name test | events comparison number
///     test        = comparison value | ["not"] "in" "(" value { "," value } ")"
///                 | "between" value "and" value | "is" ( "known" | "unknown" )
///     events      = "events" "(" text "," "last" number unit [ "," "where" name test { "and" name test } ] ")"
///     value       = text | number | "true" | "false" | "time" "(" text ")"
struct RuleParser {
    private let tokens: [RuleToken]
    private var position = 0
    private var nesting = 0
    private var builder = RuleBuilder()

    private init(_ tokens: [RuleToken]) {
        self.tokens = tokens
    }

    static func parse(_ text: String) throws(RuleProblem) -> LocatedRule {
        var parser = RuleParser(try RuleTokenizer.tokens(of: text))
        _ = try parser.rule()
        guard parser.token.kind == .end else { throw parser.unexpectedAfterCondition() }
        return parser.builder.finish()
    }

    var token: RuleToken { tokens[position] }
    var following: RuleToken { tokens[min(position + 1, tokens.count - 1)] }

    mutating func advance() {
        position = min(position + 1, tokens.count - 1)
    }

    mutating func take(_ kind: RuleToken.Kind) -> Bool {
        guard token.kind == kind else { return false }
        advance()
        return true
    }

    mutating func expect(_ kind: RuleToken.Kind, _ expected: String) throws(RuleProblem) {
        guard take(kind) else { throw unexpected("Expected \(expected)", suggestion: expected) }
    }

    func unexpected(_ expectation: String, suggestion: String? = nil) -> RuleProblem {
        RuleProblem(.syntax, at: token.place, "\(expectation), not \(token.shown).", suggestion: suggestion)
    }

    private mutating func rule() throws(RuleProblem) -> Int {
        let start = token.place
        var children = [try conjunction()]
        while take(.keyword(.or)) { children.append(try conjunction()) }
        return children.count == 1 ? children[0] : try builder.add(.or(children), at: NodePlace(start: start))
    }

    private mutating func conjunction() throws(RuleProblem) -> Int {
        let start = token.place
        var children = [try term()]
        while take(.keyword(.and)) { children.append(try term()) }
        return children.count == 1 ? children[0] : try builder.add(.and(children), at: NodePlace(start: start))
    }

    private mutating func term() throws(RuleProblem) -> Int {
        let start = token
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= RuleLimits.depth + 1 else { throw RuleProblem.tooDeep(at: start.place) }
        switch start.kind {
        case .keyword(.not):
            advance()
            return try builder.add(.not(try term()), at: NodePlace(start: start.place))
        case .leftParenthesis:
            advance()
            let inner = try rule()
            guard take(.rightParenthesis) else { throw unexpectedAfterCondition(open: start) }
            return inner
        case .name(let name, let quoted):
            advance()
            if !quoted, name == "events", token.kind == .leftParenthesis { return try events(at: start) }
            return try traitCondition(name, at: start)
        default:
            throw unexpected("Expected a condition such as age >= 30")
        }
    }

    private mutating func traitCondition(_ name: String, at start: RuleToken) throws(RuleProblem) -> Int {
        let negation = token
        let isNegated = token.kind == .keyword(.not) && following.kind == .keyword(.in)
        if isNegated { advance() }
        let (test, values) = try test()
        let place = NodePlace(start: start.place, values: values)
        let condition = try builder.add(.condition(.trait(name: name, test: test)), at: place)
        return isNegated ? try builder.add(.not(condition), at: NodePlace(start: negation.place)) : condition
    }

    private mutating func events(at start: RuleToken) throws(RuleProblem) -> Int {
        let (count, place) = try eventCount(at: start)
        return try builder.add(.condition(.events(count)), at: place)
    }

    private func unexpectedAfterCondition(open: RuleToken? = nil) -> RuleProblem {
        if case .value = token.kind, position > 0, case .value = tokens[position - 1].kind {
            return unexpected("Expected \u{201C}and\u{201D} or \u{201C}or\u{201D} between conditions")
        }
        if let open, token.kind == .end {
            return RuleProblem(
                .syntax, at: token.place,
                "The parenthesis opened at line \(open.line), column \(open.column) is not closed.", suggestion: ")")
        }
        if token.kind == .rightParenthesis {
            return RuleProblem(.syntax, at: token.place, "This parenthesis was never opened; remove it.")
        }
        var suggestion: String?
        if case .name(let name, _) = token.kind {
            suggestion = Suggestion.nearest(to: name, in: RuleToken.Keyword.allCases.map(\.rawValue))
        }
        return unexpected("Expected \u{201C}and\u{201D} or \u{201C}or\u{201D}", suggestion: suggestion ?? "and")
    }
}
