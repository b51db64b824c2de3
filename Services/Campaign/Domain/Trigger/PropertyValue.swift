internal import Foundation

/// The value of one property of an event, or of a condition.
package enum PropertyValue: Sendable, Hashable {
    case text(String)
    case number(Double)
    case flag(Bool)
}

/// The properties of one event that a rule can ask for: those that hold a text, a number or a flag.
package struct EventProperties: Sendable {
    /// The largest value that counts, in minor units: ten trillion of a currency with a hundredth. The gateway takes no
    /// larger one; what lies beyond it in a log is a mistake, and in a sum it would hide every other value.
    package static let largestMinorUnits: Int64 = 1_000_000_000_000_000

    private let values: [String: PropertyValue]
    /// Of the properties that are numbers within the bound: exactly what was sent, which a double cannot promise.
    private let amounts: [String: Int64]

    package init(_ values: [String: PropertyValue]) {
        self.values = values
        amounts = values.compactMapValues { value in
            guard case .number(let number) = value else { return nil }
            return Int64(exactly: number.rounded()).flatMap(Self.bounded)
        }
    }

    /// Reads a JSON object; what is no object has no properties.
    package init(json: String?) {
        guard let json, let decoded = try? JSONDecoder().decode([String: Lenient].self, from: Data(json.utf8)) else {
            values = [:]
            amounts = [:]
            return
        }
        values = decoded.compactMapValues(\.value)
        amounts = decoded.compactMapValues { $0.amount.flatMap(Self.bounded) }
    }

    package subscript(_ name: String) -> PropertyValue? { values[name] }

    /// A value in minor units of a currency: a whole number as it was sent, or one that is rounded to the nearest, halves
    /// away from zero. 0 where there is none, and where it is larger than `largestMinorUnits` after rounding.
    package func minorUnits(_ name: String) -> Int64 { amounts[name] ?? 0 }

    /// The value of a conversion in minor units of `currency`: that of `valueProperty`, or 0 where the event names another
    /// currency beside it. What names none is in that of the campaign.
    package func minorUnits(_ valueProperty: String, in currency: String) -> Int64 {
        if let named = self[Self.currencyProperty], named != .text(currency) { return 0 }
        return minorUnits(valueProperty)
    }

    /// Where the gateway writes the currency of an outcome.
    private static let currencyProperty = "currency"

    private static func bounded(_ amount: Int64) -> Int64? {
        (-largestMinorUnits...largestMinorUnits).contains(amount) ? amount : nil
    }

    /// Anything that JSON may hold; only scalars are kept.
    private struct Lenient: Decodable {
        var value: PropertyValue?
        /// Of a number: rounded to the whole, without a detour through a double. nil beyond 64 bits.
        var amount: Int64?

        init(from decoder: any Decoder) throws {
            guard let container = try? decoder.singleValueContainer() else { return }
            if let text = try? container.decode(String.self) {
                value = .text(text)
            } else if let flag = try? container.decode(Bool.self) {
                value = .flag(flag)
            } else if let whole = try? container.decode(Int64.self) {
                value = .number(Double(whole))
                amount = whole
            } else if let number = try? container.decode(Double.self) {
                value = .number(number)
                amount = (try? container.decode(Decimal.self)).flatMap(Self.rounded)
            }
        }

        private static func rounded(_ number: Decimal) -> Int64? {
            var number = number
            var whole = Decimal()
            NSDecimalRound(&whole, &number, 0, .plain)
            // In digits: the conversions of Decimal do not say when a number does not fit.
            return Int64(whole.description)
        }
    }
}
