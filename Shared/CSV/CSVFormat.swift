/// How a file separates its fields, and how much of it one row may take. The rest is RFC 4180.
public struct CSVFormat: Sendable, Equatable {
    /// One ASCII character, such as `,` or `;`.
    public var delimiter: Character
    /// A longer field ends its row with a problem: a quote that is never closed must not swallow the memory.
    public var maximumFieldBytes: Int
    public var maximumFields: Int

    public init(delimiter: Character = ",", maximumFieldBytes: Int = 1 << 20, maximumFields: Int = 4_096) {
        self.delimiter = delimiter
        self.maximumFieldBytes = maximumFieldBytes
        self.maximumFields = maximumFields
    }

    /// One line with its CRLF; fields are quoted where they must be.
    public func line(_ fields: [String]) -> String {
        fields.map(quoted).joined(separator: String(delimiter)) + "\r\n"
    }

    private func quoted(_ field: String) -> String {
        let special = field.unicodeScalars.contains { scalar in
            scalar == "\"" || scalar == "\r" || scalar == "\n" || Character(scalar) == delimiter
        }
        guard special else { return field }
        var quoted = "\""
        for scalar in field.unicodeScalars {
            if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
            quoted.unicodeScalars.append(scalar)
        }
        quoted.unicodeScalars.append("\"")
        return quoted
    }
}
