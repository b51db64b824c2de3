/// Swift text taken apart: code, comments and texts, good enough for rules that look at words.
struct SwiftScan: Sendable {
    /// The code, line by line, where comments are gone and texts are empty.
    private(set) var codeLines: [String] = []
    /// The content of each text literal and the line it begins on.
    private(set) var texts: [(content: String, line: Int)] = []
    /// The lines that hold a comment.
    private(set) var commentLines: Set<Int> = []

    private static let lineEnd = UInt8(ascii: "\n")
    private static let quote = UInt8(ascii: "\"")
    private static let hash = UInt8(ascii: "#")
    private static let backslash = UInt8(ascii: "\\")

    private let bytes: [UInt8]
    private var position = 0
    private var code: [UInt8] = []
    private var line = 1

    init(_ text: String) {
        bytes = Array(text.utf8)
        while position < bytes.count { step() }
        codeLines = code.split(separator: Self.lineEnd, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private func looks(at wanted: String) -> Bool {
        bytes[position...].starts(with: wanted.utf8)
    }

    private mutating func step() {
        if looks(at: "//") {
            takeLineComment()
        } else if looks(at: "/*") {
            takeBlockComment()
        } else if bytes[position] == Self.quote || bytes[position] == Self.hash && startsRawText {
            takeText()
        } else {
            take(into: true)
        }
    }

    /// One character forward; line ends always stay in the code, so that line numbers hold.
    private mutating func take(into isCode: Bool) {
        let byte = bytes[position]
        position += 1
        if byte == Self.lineEnd { line += 1 }
        if isCode || byte == Self.lineEnd { code.append(byte) }
    }

    private mutating func takeLineComment() {
        commentLines.insert(line)
        while position < bytes.count, bytes[position] != Self.lineEnd { take(into: false) }
    }

    private mutating func takeBlockComment() {
        while position < bytes.count, !looks(at: "*/") {
            commentLines.insert(line)
            take(into: false)
        }
        position = min(bytes.count, position + 2)
    }

    private var startsRawText: Bool {
        bytes[position...].drop { $0 == Self.hash }.first == Self.quote
    }

    private mutating func takeText() {
        let start = line
        let hashes = String(decoding: bytes[position...].prefix { $0 == Self.hash }, as: UTF8.self)
        position += hashes.utf8.count
        let quote = looks(at: "\"\"\"") ? "\"\"\"" : "\""
        position += quote.utf8.count
        var content: [UInt8] = []
        while position < bytes.count, !looks(at: quote + hashes) {
            if looks(at: "\\" + hashes + "(") {
                content += takeInterpolation()
            } else {
                if hashes.isEmpty, bytes[position] == Self.backslash {
                    content.append(bytes[position])
                    take(into: false)
                }
                guard position < bytes.count else { break }
                content.append(bytes[position])
                take(into: false)
            }
        }
        position = min(bytes.count, position + quote.utf8.count + hashes.utf8.count)
        code += [Self.quote, Self.quote]
        texts.append((String(decoding: content, as: UTF8.self), start))
    }

    /// `\(…)` with whatever brackets are in it.
    private mutating func takeInterpolation() -> [UInt8] {
        var depth = 0
        var content: [UInt8] = []
        repeat {
            let byte = bytes[position]
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            content.append(byte)
            take(into: false)
        } while position < bytes.count && (depth > 0 || content.last != UInt8(ascii: ")"))
        return content
    }
}
