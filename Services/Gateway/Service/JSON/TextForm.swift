/// What characters a text consists of: the pattern that is published and the function that checks, side by side.
struct TextForm: Sendable {
    /// An ECMA regular expression, as JSON Schema wants it.
    let pattern: String
    /// Goes into the sentence "Send …".
    let description: String
    let fits: @Sendable (String) -> Bool

    /// Lower case letters, digits and some signs, a letter first.
    private static func lowerCase(signs: String) -> TextForm {
        let allowed = Set(signs.utf8)
        let named = signs.map { "'\($0)'" }.joined(separator: " ")
        return TextForm(
            pattern: "^[a-z][a-z0-9\(signs)]*$",
            description: "lower case letters, digits and \(named), a letter first",
            fits: { text in
                if let first = text.utf8.first, !(0x61...0x7A).contains(first) { return false }
                return text.utf8.allSatisfy { byte in
                    (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || allowed.contains(byte)
                }
            })
    }

    /// A trait, an identity kind or a purpose.
    static let name = lowerCase(signs: "_")
    /// An event type.
    static let eventType = lowerCase(signs: "_.")
    /// A product or offer code.
    static let code = TextForm(
        pattern: "^[a-z0-9][a-z0-9-]*$", description: "lower case letters, digits and '-', not '-' first",
        fits: { text in
            text.utf8.first != UInt8(ascii: "-")
                && text.utf8.allSatisfy { byte in
                    (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
                }
        })
    /// A channel: as campaign names one.
    static let channel = name
    /// A channel, or all of them.
    static let channelOrAll = TextForm(
        pattern: "^(\\*|[a-z][a-z0-9_]*)$", description: "a channel, or * for all",
        fits: { text in text == "*" || !text.isEmpty && channel.fits(text) })

    /// The value of an identity or the id of an event: nothing that cannot be seen, and no blank at an end.
    static let value = TextForm(
        pattern: "^\(valuePattern())$",
        description: "text without control characters or blanks at its ends",
        fits: { text in
            let scalars = text.unicodeScalars
            return scalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
                && scalars.first?.properties.isWhitespace == false && scalars.last?.properties.isWhitespace == false
        })

    /// The same, or nothing.
    static let valueIfAny = TextForm(
        pattern: "^(\(valuePattern()))?$", description: value.description,
        fits: { text in text.isEmpty || value.fits(text) })

    /// Its pattern, to be a part of another.
    ///
    /// - Parameter inner: how many characters may stand between the first and the last, as the pattern says it.
    static func valuePattern(inner: String = "*") -> String {
        #"[^\s\u0000-\u001F\u007F\u0085]([^\u0000-\u001F\u007F]"# + inner + #"[^\s\u0000-\u001F\u007F\u0085])?"#
    }
    /// A name, a title or a reason that people read.
    static let line = value
    /// Text of several lines that people decide by: no control characters but tab and line feed.
    static let lines = TextForm(
        pattern: #"^[^\u0000-\u0008\u000B-\u001F\u007F-\u009F]*$"#,
        description: "text without control characters but tabs and line feeds",
        fits: { text in
            text.unicodeScalars.allSatisfy {
                $0.properties.generalCategory != .control || $0 == "\t" || $0 == "\n"
            }
        })
    /// Text of any kind: everything but the one character that cannot be stored.
    static let anything = TextForm(
        pattern: #"^[^\u0000]*$"#, description: "text without the character U+0000",
        fits: { text in !text.utf8.contains(0) })
    /// Where a page ended, as the reply before said.
    static let cursor = TextForm(
        pattern: "^[A-Za-z0-9_-]+$", description: "the next_cursor of the page before",
        fits: { text in
            text.utf8.allSatisfy { byte in
                (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            }
        })

    /// From the head office down, such as `/head/east/pudong/`.
    static let officePath = TextForm(
        pattern: "^/([a-z0-9_-]+/)*$", description: "an office path such as /head/east/pudong/",
        fits: { text in isOfficePath(text) })
    /// An office of the bank: `/` is the bank itself.
    static let office = TextForm(
        pattern: "^/([a-z0-9_-]+/)+$", description: officePath.description,
        fits: { text in text != "/" && isOfficePath(text) })

    private static func isOfficePath(_ text: String) -> Bool {
        var afterSlash = false
        guard text.utf8.first == UInt8(ascii: "/"), text.utf8.last == UInt8(ascii: "/") else { return false }
        for byte in text.utf8 {
            if byte == UInt8(ascii: "/") {
                guard !afterSlash else { return false }
                afterSlash = true
            } else {
                guard
                    (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
                        || byte == UInt8(ascii: "-")
                else { return false }
                afterSlash = false
            }
        }
        return true
    }
}
