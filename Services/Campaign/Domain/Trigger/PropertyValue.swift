internal import Foundation

/// The value of one property of an event, or of a condition.
package enum PropertyValue: Sendable, Hashable {
    case text(String)
    case number(Double)
    case flag(Bool)
}

/// The properties of one event that a rule can ask for: those that hold a text, a number or a flag.
package struct EventProperties: Sendable {
    private let values: [String: PropertyValue]

    package init(_ values: [String: PropertyValue]) {
        self.values = values
    }

    /// Reads a JSON object; what is no object has no properties.
    package init(json: String?) {
        guard let json, let decoded = try? JSONDecoder().decode([String: Lenient].self, from: Data(json.utf8)) else {
            values = [:]
            return
        }
        values = decoded.compactMapValues(\.value)
    }

    package subscript(_ name: String) -> PropertyValue? { values[name] }

    /// A value in minor units of a currency: a whole number, or one that rounds to the nearest; 0 where there is none.
    package func minorUnits(_ name: String) -> Int64 {
        guard case .number(let number)? = values[name], number.magnitude < 9e18 else { return 0 }
        return Int64(number.rounded())
    }

    /// Anything that JSON may hold; only scalars are kept.
    private struct Lenient: Decodable {
        var value: PropertyValue?

        init(from decoder: any Decoder) throws {
            guard let container = try? decoder.singleValueContainer() else { return }
            if let flag = try? container.decode(Bool.self) {
                value = .flag(flag)
            } else if let number = try? container.decode(Double.self) {
                value = .number(number)
            } else if let text = try? container.decode(String.self) {
                value = .text(text)
            }
        }
    }
}
