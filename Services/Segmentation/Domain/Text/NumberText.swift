/// Numbers as rules write them: whole numbers of 64 bits, and decimals with a point or an exponent.
enum NumberText {
    static func value(_ text: String, at place: RulePlace) throws(RuleProblem) -> RuleValue {
        guard isWellFormed(text) else {
            throw RuleProblem(
                .badNumber, at: place,
                "This is not a number; write it like 30, -2 or 1.5, and texts in double quotes.",
                suggestion: suggestion(for: text))
        }
        if !text.contains(where: { $0 == "." || $0 == "e" || $0 == "E" }) {
            guard let integer = Int64(text) else {
                throw RuleProblem(
                    .badNumber, at: place, "This number is out of range; whole numbers have 64 bits.")
            }
            return .integer(integer)
        }
        // Not every decimal has an exact binary form; it may be rounded, but not away to nothing or without end.
        guard let decimal = Double(text), decimal.isFinite, decimal != 0 || isZero(text) else {
            throw RuleProblem(.badNumber, at: place, "This number is out of range; write it with fewer digits.")
        }
        return .decimal(decimal)
    }

    /// Optional minus, digits, optional point with digits, optional exponent: what JSON allows, leading zeros too.
    private static func isWellFormed(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        func digits() -> Bool {
            let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            rest = rest.dropFirst(count)
            return count > 0
        }
        func take(_ characters: String) -> Bool {
            guard let first = rest.first, characters.utf8.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = take("-")
        guard digits() else { return false }
        if take("."), !digits() { return false }
        if take("eE") {
            _ = take("+-")
            guard digits() else { return false }
        }
        return rest.isEmpty
    }

    private static func isZero(_ text: String) -> Bool {
        !text.prefix { $0 != "e" && $0 != "E" }.contains { ("1"..."9").contains($0) }
    }

    private static func suggestion(for text: String) -> String? {
        let candidates = ["0" + text, text + "0", text.replacing("-.", with: "-0."), String(text.dropFirst())]
        return text.count > 40 ? nil : candidates.first(where: isWellFormed)
    }

    /// The shortest text that reads back as the same number.
    static func text(_ decimal: Double) -> String { decimal.description }
}
