extension RuleParser {
    /// What follows a name: a comparison, a list, a range, or whether it is known.
    mutating func test() throws(RuleProblem) -> (test: ValueTest, places: [RulePlace]) {
        switch token.kind {
        case .comparison(let comparison):
            advance()
            let (value, place) = try value()
            return (.compare(comparison, value), [place])
        case .keyword(.in):
            advance()
            return try list()
        case .keyword(.between):
            advance()
            let (low, lowPlace) = try value()
            try expect(.keyword(.and), "and")
            let (high, highPlace) = try value()
            return (.between(low, high), [lowPlace, highPlace])
        case .keyword(.is):
            advance()
            return (try knownOrUnknown(), [])
        default:
            throw unexpected(
                "Expected a comparison (= != < <= > >=), in, between, is known or is unknown",
                suggestion: suggestedTest())
        }
    }

    private func suggestedTest() -> String? {
        guard case .name(let name, false) = token.kind else { return nil }
        return Suggestion.nearest(to: name, in: ["in", "between", "is", "is known", "is unknown"])
    }

    private mutating func list() throws(RuleProblem) -> (test: ValueTest, places: [RulePlace]) {
        try expect(.leftParenthesis, "(")
        var values: [RuleValue] = []
        var places: [RulePlace] = []
        repeat {
            let (value, place) = try value()
            values.append(value)
            places.append(place)
        } while take(.comma)
        guard take(.rightParenthesis) else {
            throw unexpected("Expected a comma or \u{201C})\u{201D} after a listed value", suggestion: ")")
        }
        return (.isIn(values), places)
    }

    private mutating func knownOrUnknown() throws(RuleProblem) -> ValueTest {
        if case .name(let name, false) = token.kind {
            switch name.lowercased() {
            case "known":
                advance()
                return .known
            case "unknown":
                advance()
                return .unknown
            default: break
            }
            let meant = ["null", "none", "empty", "missing"].contains(name.lowercased()) ? "unknown" : nil
            throw unexpected(
                "Expected known or unknown after \u{201C}is\u{201D}",
                suggestion: meant ?? Suggestion.nearest(to: name, in: ["known", "unknown"]))
        }
        let isNegated = token.kind == .keyword(.not)
        throw unexpected(
            "Expected known or unknown after \u{201C}is\u{201D}", suggestion: isNegated ? "unknown" : "known")
    }

    mutating func value() throws(RuleProblem) -> (RuleValue, RulePlace) {
        let start = token
        switch start.kind {
        case .value(let value):
            advance()
            return (value, start.place)
        case .keyword(.true):
            advance()
            return (.flag(true), start.place)
        case .keyword(.false):
            advance()
            return (.flag(false), start.place)
        case .name("time", false) where following.kind == .leftParenthesis:
            advance()
            advance()
            return (try time(), start.place)
        case .name(let name, _):
            throw unexpected(
                "Expected a value; texts stand in double quotes", suggestion: NameText.quoted(name, by: "\""))
        default:
            throw unexpected("Expected a value: a text in double quotes, a number, true, false or time(\"\u{2026}\")")
        }
    }

    private mutating func time() throws(RuleProblem) -> RuleValue {
        guard case .value(.text(let text)) = token.kind else {
            throw unexpected("Expected a text such as \"2026-03-01T08:00:00+08:00\"")
        }
        guard let microseconds = TimeText.microseconds(text) else { throw RuleProblem.badTime(at: token.place) }
        advance()
        try expect(.rightParenthesis, ")")
        return .time(microseconds: microseconds)
    }
}

extension RuleProblem {
    static func badTime(at place: RulePlace) -> RuleProblem {
        RuleProblem(
            .badTime, at: place,
            "A time is written with date, time of day and offset, such as 2026-03-01T08:00:00+08:00.")
    }
}
