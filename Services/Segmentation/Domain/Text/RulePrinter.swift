extension Rule {
    /// The rule as text, with no parentheses but those that its shape needs: reading it again gives an equal rule.
    public var text: String {
        var texts: [String] = []
        texts.reserveCapacity(nodes.count)
        for node in nodes {
            switch node {
            case .condition(let condition): texts.append(condition.text)
            case .and(let children):
                texts.append(children.map { enclosed($0, texts[$0], within: .conjunction) }.joined(separator: " and "))
            case .or(let children):
                texts.append(children.map { enclosed($0, texts[$0], within: .disjunction) }.joined(separator: " or "))
            case .not(let child): texts.append("not " + enclosed(child, texts[child], within: .negation))
            }
            // A child's text is part of its parent's now; keeping both would cost depth times length.
            for child in node.children { texts[child] = "" }
        }
        return texts[texts.count - 1]
    }

    /// From loose to tight.
    private enum Binding: Comparable {
        case disjunction
        case conjunction
        case negation
        case condition
    }

    private func enclosed(_ index: Int, _ text: String, within parent: Binding) -> String {
        let own: Binding =
            switch nodes[index] {
            case .condition: .condition
            case .and: .conjunction
            case .or: .disjunction
            case .not: .negation
            }
        // An `and` inside an `and` keeps its parentheses, because it is another node; `not not` needs none.
        return own > parent || (own == .negation && parent == .negation) ? text : "(\(text))"
    }
}

extension Rule.Node {
    /// Indexes of its children.
    public var children: [Int] {
        switch self {
        case .condition: []
        case .and(let children), .or(let children): children
        case .not(let child): [child]
        }
    }
}

extension Condition {
    public var text: String {
        switch self {
        case .trait(let name, let test): test.text(of: NameText.quotedWhereNeeded(name))
        case .events(let count): count.text
        }
    }
}

extension EventCount {
    fileprivate var text: String {
        var text = "events(\(RuleValue.text(type).text), last \(window.count) "
        text += window.count == 1 ? window.unit.singular : window.unit.rawValue
        if !properties.isEmpty {
            text += ", where "
            text += properties.map { $0.test.text(of: NameText.quotedWhereNeeded($0.property)) }
                .joined(separator: " and ")
        }
        return text + ") \(comparison.rawValue) \(count)"
    }
}

extension ValueTest {
    fileprivate func text(of name: String) -> String {
        switch self {
        case .compare(let comparison, let value): "\(name) \(comparison.rawValue) \(value.text)"
        case .isIn(let values): "\(name) in (\(values.map(\.text).joined(separator: ", ")))"
        case .between(let low, let high): "\(name) between \(low.text) and \(high.text)"
        case .known: "\(name) is known"
        case .unknown: "\(name) is unknown"
        }
    }
}

extension RuleValue {
    var text: String {
        switch self {
        case .text(let text): NameText.quoted(text, by: "\"")
        case .integer(let value): String(value)
        case .decimal(let value): NumberText.text(value)
        case .flag(let value): String(value)
        case .time(let microseconds): "time(\"\(TimeText.text(microseconds: microseconds))\")"
        }
    }
}

/// Names and texts in quotes.
enum NameText {
    static func quotedWhereNeeded(_ name: String) -> String {
        RuleTokenizer.isPlainName(name) ? name : quoted(name, by: "`")
    }

    static func quoted(_ text: String, by quote: Unicode.Scalar) -> String {
        var quoted = String.UnicodeScalarView([quote])
        for scalar in text.unicodeScalars {
            switch scalar {
            case quote, "\\": quoted.append(contentsOf: ["\\", scalar])
            case "\n": quoted.append(contentsOf: "\\n".unicodeScalars)
            case "\r": quoted.append(contentsOf: "\\r".unicodeScalars)
            case "\t": quoted.append(contentsOf: "\\t".unicodeScalars)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                quoted.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            default: quoted.append(scalar)
            }
        }
        quoted.append(quote)
        return String(quoted)
    }
}
