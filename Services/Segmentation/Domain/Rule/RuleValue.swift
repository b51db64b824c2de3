/// A value that a rule compares with, or that a trait holds.
///
/// Texts are equal when their bytes are (as in the database), not when they merely look the same.
public enum RuleValue: Sendable {
    case text(String)
    case integer(Int64)
    /// Never infinite and never NaN where it stands in a rule.
    case decimal(Double)
    case flag(Bool)
    /// UTC microseconds since 1970.
    case time(microseconds: Int64)
}

extension RuleValue: Hashable {
    public static func == (left: RuleValue, right: RuleValue) -> Bool {
        switch (left, right) {
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.integer(let left), .integer(let right)): left == right
        case (.decimal(let left), .decimal(let right)): left == right
        case (.flag(let left), .flag(let right)): left == right
        case (.time(let left), .time(let right)): left == right
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .text(let text): for byte in text.utf8 { hasher.combine(byte) }
        case .integer(let value): hasher.combine(value)
        case .decimal(let value): hasher.combine(value)
        case .flag(let value): hasher.combine(value)
        case .time(let microseconds): hasher.combine(microseconds)
        }
    }
}
