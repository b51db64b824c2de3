/// Splits the text of a migration into statements: at `;` at the end of a line, and at lines that hold `;;` alone;
/// neither within quotes, dollar quotes or comments.
struct StatementSplitter {
    private let text: [UInt8]
    private var position = 0
    private var statement: [UInt8] = []
    private var statements: [String] = []
    private var hasContent = false

    static func split(_ text: String) -> [String] {
        var splitter = StatementSplitter(text: Array(text.utf8))
        return splitter.run()
    }

    private init(text: [UInt8]) {
        self.text = text
    }

    private mutating func run() -> [String] {
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "'"), UInt8(ascii: "\""): takeQuoted(by: text[position])
            case UInt8(ascii: "-") where looksAt("--"): take(through: "\n", countsAsContent: false)
            case UInt8(ascii: "/") where looksAt("/*"): take(through: "*/", countsAsContent: false)
            case UInt8(ascii: "$"): takeDollarQuoted()
            case UInt8(ascii: ";") where endsStatement: endStatement()
            default: takeByte()
            }
        }
        endStatement()
        return statements
    }

    private func looksAt(_ wanted: String) -> Bool {
        text[position...].starts(with: wanted.utf8)
    }

    /// Nothing but a comment follows on the line.
    private var endsStatement: Bool {
        let rest = text[(position + 1)...].prefix { $0 != UInt8(ascii: "\n") }
        let visible = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
        return visible.isEmpty || visible.starts(with: "--".utf8) || visible.first == UInt8(ascii: ";")
    }

    private mutating func takeByte() {
        let byte = text[position]
        if byte != UInt8(ascii: " "), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\t"), byte != UInt8(ascii: "\r")
        {
            hasContent = true
        }
        statement.append(byte)
        position += 1
    }

    /// A doubled quote ends one quoted piece and begins the next, which comes to the same.
    private mutating func takeQuoted(by quote: UInt8) {
        takeByte()
        while position < text.count, text[position] != quote { takeByte() }
        if position < text.count { takeByte() }
    }

    private mutating func take(through end: String, countsAsContent: Bool) {
        let start = position
        while position < text.count, !looksAt(end) || position == start { position += 1 }
        position = min(text.count, position + end.utf8.count)
        statement += text[start..<position]
        hasContent = hasContent || countsAsContent
    }

    /// `$tag$ … $tag$`; a `$1` or a lone `$` is an ordinary byte.
    private mutating func takeDollarQuoted() {
        let name = text[(position + 1)...].prefix { byte in
            byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        let startsWithDigit = name.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
        guard name.endIndex < text.count, text[name.endIndex] == UInt8(ascii: "$"), !startsWithDigit else {
            return takeByte()
        }
        let tag = "$" + String(decoding: name, as: UTF8.self) + "$"
        for _ in tag.utf8 { takeByte() }
        take(through: tag, countsAsContent: true)
    }

    private mutating func endStatement() {
        while position < text.count, text[position] == UInt8(ascii: ";") { position += 1 }
        if hasContent { statements.append(String(decoding: statement, as: UTF8.self)) }
        statement = []
        hasContent = false
    }
}
