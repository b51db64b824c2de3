extension RuleProblem {
    /// A character without a meaning, with what was probably meant by it: full-width signs come from Chinese input
    /// methods, others from programming languages.
    static func badCharacter(_ scalar: Unicode.Scalar, at place: RulePlace) -> RuleProblem {
        let meant: [Unicode.Scalar: String] = [
            "\u{201C}": "\"", "\u{201D}": "\"", "\u{300C}": "\"", "\u{300D}": "\"", "\u{FF02}": "\"", "'": "\"",
            "\u{2018}": "\"", "\u{2019}": "\"", "\u{FF08}": "(", "\u{FF09}": ")", "\u{FF0C}": ",", "\u{3001}": ",",
            ";": ",", "\u{FF1D}": "=", "\u{FF1C}": "<", "\u{FF1E}": ">", "\u{2264}": "<=", "\u{2265}": ">=",
            "\u{2260}": "!=", "&": "and", "|": "or", "[": "(", "]": ")", "\u{2212}": "-",
        ]
        let shown =
            scalar.properties.isWhitespace || scalar.value < 0x20 ? "This character" : "\u{201C}\(scalar)\u{201D}"
        return RuleProblem(
            .badCharacter, at: place, "\(shown) has no meaning here; texts stand in straight double quotes.",
            suggestion: meant[scalar])
    }

    /// A word in letters that no name has without quotes; people name properties in their own language.
    static func unquotedWord(_ word: String, isValue: Bool, at place: RulePlace) -> RuleProblem {
        RuleProblem(
            .badCharacter, at: place,
            "A name with other letters than a to z stands in backquotes, a text in straight double quotes.",
            suggestion: word.count > 64 ? nil : NameText.quoted(word, by: isValue ? "\"" : "`"))
    }
}
