/// One word, value or sign of a rule's text.
struct RuleToken: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// Of a trait or a property; quoted where it stood in backquotes.
        case name(String, quoted: Bool)
        case keyword(Keyword)
        case value(RuleValue)
        case comparison(Comparison)
        case leftParenthesis
        case rightParenthesis
        case comma
        case end
    }

    /// Words that are never names, in whatever case they are written.
    enum Keyword: String, Sendable, Hashable, CaseIterable {
        case and
        case or
        case not
        case `in`
        case between
        case `is`
        case `true`
        case `false`
    }

    var kind: Kind
    var line: Int
    var column: Int

    var place: RulePlace { .text(line: line, column: column) }

    /// How a message names it.
    var shown: String {
        switch kind {
        case .name(let name, _): name.count > 40 ? "this name" : "\u{201C}\(name)\u{201D}"
        case .keyword(let keyword): "\u{201C}\(keyword.rawValue)\u{201D}"
        case .value: "this value"
        case .comparison(let comparison): "\u{201C}\(comparison.rawValue)\u{201D}"
        case .leftParenthesis: "\u{201C}(\u{201D}"
        case .rightParenthesis: "\u{201C})\u{201D}"
        case .comma: "the comma"
        case .end: "the end of the rule"
        }
    }
}
