/// A value in the path or the query of a request: its name, its schema, and how its text becomes a value.
struct Parameter<Value: Sendable>: Sendable {
    let name: String
    let place: ParameterPlace
    let meaning: String
    let schema: JSONSchema
    /// Goes into the sentence "Send …".
    let requirement: String
    let parse: @Sendable (String) -> Value?
}

enum ParameterPlace: String, Sendable {
    case path
    case query
}

/// A parameter without its type, as a route lists it.
protocol AnyParameter: Sendable {
    var name: String { get }
    var place: ParameterPlace { get }
    var meaning: String { get }
    var schema: JSONSchema { get }
    func value(of text: String) throws(Problem) -> any Sendable
}

extension Parameter: AnyParameter {
    func value(of text: String) throws(Problem) -> any Sendable {
        guard let value = parse(text) else {
            throw Problem(.badRequest, "invalid_parameter", "Send \(requirement).", field: name)
        }
        return value
    }
}

extension Parameter where Value == Int64 {
    static func identifier(_ name: String, in place: ParameterPlace, _ meaning: String) -> Parameter {
        integer(name, in: place, meaning, 1...Int64.max)
    }

    static func integer(
        _ name: String, in place: ParameterPlace, _ meaning: String, _ range: ClosedRange<Int64>
    ) -> Parameter {
        Parameter(
            name: name, place: place, meaning: meaning, schema: .integer(range),
            requirement: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            parse: { text in
                // Digits alone: Swift would also take a plus sign.
                guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int64(text),
                    range.contains(value)
                else { return nil }
                return value
            })
    }
}

extension Parameter where Value == Bool {
    static func flag(_ name: String, _ meaning: String) -> Parameter {
        Parameter(
            name: name, place: .query, meaning: meaning, schema: .flag, requirement: "true or false",
            parse: { text in Bool(text) })
    }
}

extension Parameter where Value == String {
    static func text(
        _ name: String, in place: ParameterPlace, _ meaning: String, _ lengths: ClosedRange<Int>,
        _ form: TextForm? = nil
    ) -> Parameter {
        Parameter(
            name: name, place: place, meaning: meaning,
            schema: .text(lengths: lengths, pattern: form?.pattern, format: nil),
            requirement: form?.description ?? "a text of \(lengths.lowerBound) to \(lengths.upperBound) characters",
            parse: { text in
                guard lengths.contains(text.unicodeScalars.count), form?.fits(text) ?? true,
                    !text.unicodeScalars.contains("\0")
                else { return nil }
                return text
            })
    }

    /// A business day; whether the calendar has it is known behind the gateway.
    static func day(_ name: String, _ meaning: String) -> Parameter {
        Parameter(
            name: name, place: .query, meaning: meaning,
            schema: .text(lengths: 10...10, pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", format: "date"),
            requirement: "a day such as 2026-03-02",
            parse: { text in
                let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
                let isDay =
                    parts.map(\.count) == [4, 2, 2] && parts.allSatisfy { $0.allSatisfy { (0x30...0x39).contains($0) } }
                return isDay ? text : nil
            })
    }

    static func oneOf(_ name: String, _ meaning: String, _ texts: [String]) -> Parameter {
        Parameter(
            name: name, place: .query, meaning: meaning, schema: .oneOfTexts(texts),
            requirement: "one of \(texts.joined(separator: ", "))",
            parse: { text in texts.contains(text) ? text : nil })
    }

    /// Where the last page ended, as its reply said.
    static let cursor = text("cursor", in: .query, "next_cursor of the page before", 1...1_000, .cursor)
}
