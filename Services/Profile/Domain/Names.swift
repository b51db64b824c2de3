/// Which names are allowed for kinds, event types, traits, purposes and channels.
///
/// Names reach SQL identifiers, metric labels and people's rules; one small alphabet keeps them safe everywhere.
package enum Names {
    /// Lower case letters, digits and underscores, starting with a letter.
    package static func isPlain(_ text: String, atMost length: Int) -> Bool {
        fits(text, length) { $0 == UInt8(ascii: "_") }
    }

    /// As plain, and dots between the parts: "loan.applied".
    package static func isDotted(_ text: String, atMost length: Int) -> Bool {
        fits(text, length) { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }
    }

    /// Printable text without control characters, neither empty nor with blanks at its ends.
    package static func isValue(_ text: String, atMost length: Int) -> Bool {
        guard !text.isEmpty, text.unicodeScalars.count <= length else { return false }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else { return false }
        return text.unicodeScalars.first?.properties.isWhitespace == false
            && text.unicodeScalars.last?.properties.isWhitespace == false
    }

    private static func fits(_ text: String, _ length: Int, _ extra: (UInt8) -> Bool) -> Bool {
        var utf8 = text.utf8.makeIterator()
        guard let first = utf8.next(), isLetter(first), text.utf8.count <= length else { return false }
        while let byte = utf8.next() {
            guard isLetter(byte) || isDigit(byte) || extra(byte) else { return false }
        }
        return true
    }

    private static func isLetter(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
