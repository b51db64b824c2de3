public import Foundation

/// A value of a trait.
public enum TraitValue: Sendable, Hashable {
    case text(String)
    case integer(Int64)
    case decimal(Double)
    case flag(Bool)
    case time(Date)

    /// A text that is only spelt otherwise is another value: rules compare bytes.
    public static func == (one: TraitValue, other: TraitValue) -> Bool {
        switch (one, other) {
        case (.text(let left), .text(let right)): ExactText(left) == ExactText(right)
        case (.integer(let left), .integer(let right)): left == right
        case (.decimal(let left), .decimal(let right)): left == right
        case (.flag(let left), .flag(let right)): left == right
        case (.time(let left), .time(let right)): left == right
        case (.text, _), (.integer, _), (.decimal, _), (.flag, _), (.time, _): false
        }
    }

    public var type: TraitType {
        switch self {
        case .text: .text
        case .integer: .integer
        case .decimal: .decimal
        case .flag: .flag
        case .time: .time
        }
    }

    /// Checks that the value fits the type and can be stored.
    ///
    /// A whole number is taken where a decimal is wanted; nothing else is converted, because a silent conversion hides a
    /// wrong mapping.
    public func fitting(_ type: TraitType) throws(FieldProblem) -> TraitValue {
        switch (self, type) {
        case (.integer(let number), .decimal):
            guard number.magnitude <= 1 << 53 else { throw Self.problem(type) }
            return .decimal(Double(number))
        case (.decimal(let number), .decimal) where !number.isFinite:
            throw Self.problem(type)
        case (.text(let text), .text):
            // Bytes bound characters, so that most texts need no counting. A limit in bytes would leave Chinese a third.
            guard text.utf8.count <= Self.longestText || text.unicodeScalars.count <= Self.longestText,
                !text.utf8.contains(0)
            else {
                throw FieldProblem(
                    field: "value", code: "trait_value",
                    reason: "Give text of at most 1,024 characters without a zero byte.")
            }
            return self
        case (.time(let moment), .time):
            try TimeRange.check(moment, field: "value")
            return self
        case (let value, let type) where value.type == type:
            return self
        default:
            throw Self.problem(type)
        }
    }

    /// Characters (Unicode scalars) of a text.
    private static let longestText = 1_024

    private static func problem(_ type: TraitType) -> FieldProblem {
        FieldProblem(
            field: "value", code: "trait_value", reason: "The dictionary says this trait holds a \(type.word) value.")
    }
}
