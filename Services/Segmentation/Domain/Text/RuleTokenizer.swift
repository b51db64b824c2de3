/// Cuts the text of a rule into tokens with their places.
struct RuleTokenizer {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var line = 1
    private var column = 1
    private var tokens: [RuleToken] = []

    private init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    /// The tokens of a text, ending with `.end`.
    static func tokens(of text: String) throws(RuleProblem) -> [RuleToken] {
        guard text.utf8.count <= RuleLimits.textBytes else {
            throw RuleProblem(
                .tooLarge, at: .text(line: 1, column: 1),
                "A rule may have at most \(RuleLimits.textBytes / 1024) KiB of text; split it into segments.")
        }
        var tokenizer = RuleTokenizer(text)
        while true {
            let token = try tokenizer.next()
            tokenizer.tokens.append(token)
            if token.kind == .end { return tokenizer.tokens }
        }
    }

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }
    private var place: RulePlace { .text(line: line, column: column) }

    private mutating func advance() {
        if scalars[position] == "\n" {
            line += 1
            column = 1
        } else {
            column += 1
        }
        position += 1
    }

    private mutating func next() throws(RuleProblem) -> RuleToken {
        while let scalar = current, scalar.properties.isWhitespace { advance() }
        let (line, column) = (line, column)
        let kind = try kindOfNext()
        return RuleToken(kind: kind, line: line, column: column)
    }

    private mutating func kindOfNext() throws(RuleProblem) -> RuleToken.Kind {
        guard let scalar = current else { return .end }
        switch scalar {
        case "(":
            advance()
            return .leftParenthesis
        case ")":
            advance()
            return .rightParenthesis
        case ",":
            advance()
            return .comma
        case "\"": return .value(.text(try quoted(by: scalar)))
        case "`": return .name(try quoted(by: scalar), quoted: true)
        case "=", "!", "<", ">": return .comparison(try comparison())
        case "-", "+", ".", "0"..."9": return .value(try number())
        default:
            guard Self.startsName(scalar) else {
                guard scalar.properties.isAlphabetic else { throw RuleProblem.badCharacter(scalar, at: place) }
                throw RuleProblem.unquotedWord(restOfWord(), isValue: expectsValue, at: place)
            }
            return name()
        }
    }

    /// Letters of any language from here on.
    private func restOfWord() -> String {
        let rest = scalars[position...].prefix { $0.properties.isAlphabetic || Self.continuesName($0) }
        return String(String.UnicodeScalarView(rest))
    }

    /// Whether a value, and no name, comes next as far as the token before tells.
    private var expectsValue: Bool {
        switch tokens.last?.kind {
        case .comparison, .comma, .keyword(.between): true
        case .leftParenthesis:
            switch tokens.dropLast().last?.kind {
            case .keyword(.in), .name("events", quoted: false), .name("time", quoted: false): true
            default: false
            }
        default: false
        }
    }

    /// Whether a name may be written without backquotes as far as its characters go.
    static func isPlainName(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, startsName(first) else { return false }
        return name.unicodeScalars.allSatisfy(continuesName)
            && RuleToken.Keyword(rawValue: name.lowercased()) == nil
    }

    private static func startsName(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }

    private static func continuesName(_ scalar: Unicode.Scalar) -> Bool {
        startsName(scalar) || ("0"..."9").contains(scalar) || scalar == "."
    }

    private mutating func name() -> RuleToken.Kind {
        var name = String.UnicodeScalarView()
        while let scalar = current, Self.continuesName(scalar) {
            name.append(scalar)
            advance()
        }
        let text = String(name)
        if let keyword = RuleToken.Keyword(rawValue: text.lowercased()) { return .keyword(keyword) }
        return .name(text, quoted: false)
    }

    private mutating func comparison() throws(RuleProblem) -> Comparison {
        let start = place
        var sign = String.UnicodeScalarView()
        while let scalar = current, "=!<>".unicodeScalars.contains(scalar), sign.count < 3 {
            sign.append(scalar)
            advance()
        }
        let text = String(sign)
        if let comparison = Comparison(rawValue: text) { return comparison }
        let meant = ["==": "=", "===": "=", "<>": "!=", "=<": "<=", "=>": ">=", "!": "not", "!==": "!="][text]
        throw RuleProblem(
            .syntax, at: start, "\u{201C}\(text)\u{201D} is not a comparison; use one of = != < <= > >=.",
            suggestion: meant)
    }

    private mutating func number() throws(RuleProblem) -> RuleValue {
        let start = place
        var text = String.UnicodeScalarView()
        while let scalar = current {
            let afterExponent = text.last == "e" || text.last == "E"
            let isSign = (scalar == "-" || scalar == "+") && (text.isEmpty || afterExponent)
            guard isSign || Self.continuesName(scalar) else { break }
            text.append(scalar)
            advance()
        }
        return try NumberText.value(String(text), at: start)
    }

    private mutating func quoted(by quote: Unicode.Scalar) throws(RuleProblem) -> String {
        let start = place
        advance()
        var text = String.UnicodeScalarView()
        while let scalar = current {
            if scalar == quote {
                advance()
                return String(text)
            }
            if scalar == "\\" {
                text.append(try escaped())
            } else if scalar.value < 0x20 {
                throw RuleProblem(
                    .badText, at: place,
                    "A text must not hold line breaks or control characters; write \\n, \\t or \\u{\u{2026}}.")
            } else {
                text.append(scalar)
                advance()
            }
        }
        throw RuleProblem(
            .badText, at: start, "This text does not end; close it with \(quote).", suggestion: String(quote))
    }

    private mutating func escaped() throws(RuleProblem) -> Unicode.Scalar {
        let start = place
        advance()
        let letter = current
        if letter != nil { advance() }
        switch letter {
        case "\"", "\\", "`": return letter!
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u":
            if let scalar = hexadecimalScalar() { return scalar }
        default: break
        }
        throw RuleProblem(
            .badText, at: start,
            "After \\ comes one of \" \\ ` n r t or u{hexadecimal number of a character, not 0}.", suggestion: "\\\\")
    }

    private mutating func hexadecimalScalar() -> Unicode.Scalar? {
        guard current == "{" else { return nil }
        advance()
        var number: UInt32 = 0
        var digits = 0
        while let scalar = current, let digit = Character(scalar).hexDigitValue, scalar.isASCII, digits < 6 {
            number = number * 16 + UInt32(digit)
            digits += 1
            advance()
        }
        guard digits > 0, current == "}", number != 0, let scalar = Unicode.Scalar(number) else { return nil }
        advance()
        return scalar
    }
}
