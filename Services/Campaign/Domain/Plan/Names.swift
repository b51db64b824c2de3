/// Which names are allowed. They reach metric labels, addresses of channels and people's rules, so one small alphabet
/// keeps them safe everywhere.
package enum Names {
    /// Lower case letters, digits and underscores, from a letter on: channels, properties, codes of
    /// reasons.
    package static func isPlain(_ text: String) -> Bool { fits(text, atMost: 48, extra: "_") }

    /// A purpose or a channel that a customer can have consented to: plain, and as short as consents are kept.
    package static func isOfConsent(_ text: String) -> Bool { fits(text, atMost: 32, extra: "_") }

    /// As plain, with dots between the parts: event types.
    package static func isDotted(_ text: String) -> Bool { fits(text, atMost: 64, extra: "_.") }

    /// Lower case letters, digits and hyphens: codes of products and offers.
    package static func isCode(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) || isDigit(first) else { return false }
        return text.utf8.count <= 64 && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    }

    /// Printable text without control characters, not blank at its ends. Counted in characters (Unicode scalars): a
    /// limit in bytes would leave Chinese a third of it.
    package static func isTitle(_ text: String, atMost characters: Int) -> Bool {
        guard !text.isEmpty, text.unicodeScalars.count <= characters else { return false }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else { return false }
        return text.unicodeScalars.first?.properties.isWhitespace == false
            && text.unicodeScalars.last?.properties.isWhitespace == false
    }

    /// ISO 4217: three capital letters.
    package static func isCurrency(_ text: String) -> Bool {
        text.utf8.count == 3 && text.utf8.allSatisfy { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }
    }

    /// `^/([a-z0-9_-]+/)*$`.
    package static func isOfficePath(_ path: String) -> Bool {
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.last == UInt8(ascii: "/"), path.utf8.count <= 512 else {
            return false
        }
        if path == "/" { return true }
        return path.utf8.dropFirst().dropLast().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .allSatisfy { part in
                !part.isEmpty
                    && part.allSatisfy {
                        isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
                    }
            }
    }

    private static func fits(_ text: String, atMost length: Int, extra: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first), text.utf8.count <= length else { return false }
        return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || extra.utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
