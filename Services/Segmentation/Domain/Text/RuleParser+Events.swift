extension RuleParser {
    /// `events("login", last 30 days, where channel = "app") >= 3`; the token is the parenthesis.
    mutating func eventCount(at start: RuleToken) throws(RuleProblem) -> (EventCount, NodePlace) {
        try expect(.leftParenthesis, "(")
        guard case .value(.text(let type)) = token.kind else {
            throw unexpected("Expected the type of the events in double quotes, such as \"login\"")
        }
        var place = NodePlace(start: token.place)
        advance()
        guard take(.comma) else {
            throw unexpected("Expected a comma and a window such as last 30 days", suggestion: ", last 30 days")
        }
        let (window, windowPlace) = try window()
        var properties: [PropertyCondition] = []
        if take(.comma) { properties = try propertyConditions(&place) }
        guard take(.rightParenthesis) else {
            throw unexpected(
                "Expected \u{201C})\u{201D} or a comma and where with conditions on properties", suggestion: ")")
        }
        guard case .comparison(let comparison) = token.kind else {
            throw unexpected("Expected how often, such as >= 1", suggestion: ">= 1")
        }
        advance()
        guard case .value(.integer(let count)) = token.kind else {
            throw unexpected("Expected a whole number of events")
        }
        place.values = [windowPlace, token.place]
        advance()
        return (
            EventCount(type: type, window: window, properties: properties, comparison: comparison, count: count), place
        )
    }

    private mutating func window() throws(RuleProblem) -> (EventWindow, RulePlace) {
        let start = token
        guard takeWord("last") else {
            throw unexpected("Expected a window such as last 30 days", suggestion: "last 30 days")
        }
        guard case .value(.integer(let count)) = token.kind else {
            throw unexpected("Expected a whole number, such as last 30 days")
        }
        advance()
        guard case .name(let word, false) = token.kind,
            let unit = EventWindow.Unit.allCases.first(where: { $0.rawValue == word || $0.singular == word })
        else {
            throw unexpected("Expected minutes, hours, days or weeks", suggestion: suggestedUnit())
        }
        advance()
        return (EventWindow(count: count, unit: unit), start.place)
    }

    private func suggestedUnit() -> String? {
        guard case .name(let word, false) = token.kind else { return "days" }
        return Suggestion.nearest(to: word, in: EventWindow.Unit.allCases.map(\.rawValue))
    }

    private mutating func propertyConditions(_ place: inout NodePlace) throws(RuleProblem) -> [PropertyCondition] {
        guard takeWord("where") else {
            throw unexpected("Expected where and a condition on a property", suggestion: "where")
        }
        var conditions: [PropertyCondition] = []
        repeat {
            guard case .name(let property, _) = token.kind else {
                throw unexpected("Expected the name of a property")
            }
            let start = token.place
            advance()
            let (test, values) = try test()
            conditions.append(PropertyCondition(property: property, test: test))
            place.properties.append(NodePlace(start: start, values: values))
        } while take(.keyword(.and))
        if token.kind == .keyword(.or) {
            throw unexpected("Conditions on one event are joined by and; use two event counts for or")
        }
        return conditions
    }

    /// Words with a meaning at one place only, so that traits may have these names.
    private mutating func takeWord(_ word: String) -> Bool {
        guard case .name(let name, false) = token.kind, name.lowercased() == word else { return false }
        advance()
        return true
    }
}
