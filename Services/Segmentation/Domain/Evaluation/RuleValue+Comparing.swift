extension RuleValue {
    /// Whether the comparison holds with this value on the left, as Postgres decides it for the trait's column.
    ///
    /// Two whole numbers are compared as such, any other pair of numbers as binary floating point; texts by their
    /// bytes, and only for sameness; values of different kinds fit no comparison.
    public func compare(_ comparison: Comparison, _ other: RuleValue) -> Bool {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): comparison.holds(left, right)
        case (.integer(let left), .decimal(let right)): comparison.holds(Double(left), right)
        case (.decimal(let left), .integer(let right)): comparison.holds(left, Double(right))
        case (.decimal(let left), .decimal(let right)): comparison.holds(left, right)
        case (.time(let left), .time(let right)): comparison.holds(left, right)
        case (.text(let left), .text(let right)):
            comparison.holds(equal: left.utf8.elementsEqual(right.utf8))
        case (.flag(let left), .flag(let right)): comparison.holds(equal: left == right)
        default: false
        }
    }
}

extension ValueTest {
    /// Whether a value fits; nil where it is unknown.
    func fits(_ value: RuleValue?) -> Bool {
        switch self {
        case .known: value != nil
        case .unknown: value == nil
        case .compare(let comparison, let other): value.map { $0.compare(comparison, other) } ?? false
        case .isIn(let others): value.map { value in others.contains { value.compare(.equal, $0) } } ?? false
        case .between(let low, let high):
            value.map { $0.compare(.greaterOrEqual, low) && $0.compare(.lessOrEqual, high) } ?? false
        }
    }
}
