/// Texts of others as a terminal may show them. What would move the cursor, change colours or turn the direction of
/// writing could rewrite what a person decides by; it is shown as its number, in the form that JSON has for it.
enum Printable {
    /// Line feeds and tabs stay.
    static func text(_ text: String) -> String { escaped(text) { $0 == "\n" || $0 == "\t" } }

    /// Nothing ends the line.
    static func line(_ text: String) -> String { escaped(text) { _ in false } }

    private static func escaped(_ text: String, _ mayStay: (Unicode.Scalar) -> Bool) -> String {
        func isShown(_ scalar: Unicode.Scalar) -> Bool { !isDangerous(scalar) || mayStay(scalar) }
        guard !text.unicodeScalars.allSatisfy(isShown) else { return text }
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isShown(scalar) {
                shown.append(scalar)
            } else {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                shown.append(
                    contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars)
            }
        }
        return String(shown)
    }

    /// Control characters, separators of lines and paragraphs, and what turns the direction of writing.
    private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
