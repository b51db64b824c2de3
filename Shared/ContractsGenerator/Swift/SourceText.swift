/// Swift text under construction, indented by blocks.
struct SourceText {
    private(set) var text = ""
    private var depth = 0

    /// One line, or several; an empty one ends without blanks.
    mutating func line(_ lines: String = "") {
        for line in lines.split(separator: "\n", omittingEmptySubsequences: false) {
            text += line.isEmpty ? "\n" : String(repeating: "    ", count: depth) + line + "\n"
        }
    }

    /// `header` and an opening brace, what `body` adds one step further in, and the closing brace.
    mutating func block(_ header: String, closing: String = "}", _ body: (inout SourceText) throws -> Void) rethrows {
        line(header + " {")
        try indented(body)
        line(closing)
    }

    mutating func indented(_ body: (inout SourceText) throws -> Void) rethrows {
        depth += 1
        try body(&self)
        depth -= 1
    }

    /// A comment of the .proto as a doc comment within the line length.
    mutating func documentation(_ comment: String) {
        let width = 120 - depth * 4 - 4
        for paragraph in comment.split(separator: "\n", omittingEmptySubsequences: false).dropLastEmpty() {
            for wrapped in Self.wrap(paragraph, width: width) {
                line(wrapped.isEmpty ? "///" : "/// " + wrapped)
            }
        }
    }

    private static func wrap(_ paragraph: Substring, width: Int) -> [String] {
        var lines: [String] = []
        var current = ""
        for word in paragraph.split(separator: " ") {
            if !current.isEmpty, current.count + 1 + word.count > width {
                lines.append(current)
                current = ""
            }
            current += current.isEmpty ? String(word) : " " + word
        }
        return lines + [current]
    }
}

extension [Substring] {
    /// Without the empty element that a final line break leaves.
    fileprivate func dropLastEmpty() -> ArraySlice<Substring> {
        last?.isEmpty == true ? dropLast() : self[...]
    }
}
