/// What is asked of one value of a customer or of an event.
///
/// A value that is unknown fits no test but `unknown`: neither `=` nor `!=`.
public enum ValueTest: Sendable, Hashable {
    case compare(Comparison, RuleValue)
    /// Equal to one of these; never empty.
    case isIn([RuleValue])
    /// From the first to the second, both included.
    case between(RuleValue, RuleValue)
    case known
    case unknown

    /// The values it names, in the order of the text.
    public var values: [RuleValue] {
        switch self {
        case .compare(_, let value): [value]
        case .isIn(let values): values
        case .between(let low, let high): [low, high]
        case .known, .unknown: []
        }
    }
}

/// A test of one property of an event. A property of another type than the test names is unknown to it.
public struct PropertyCondition: Sendable, Hashable {
    public var property: String
    public var test: ValueTest

    public init(property: String, test: ValueTest) {
        self.property = property
        self.test = test
    }
}

/// The time directly before the moment a rule is asked for: after `moment - length`, up to and including `moment`.
public struct EventWindow: Sendable, Hashable {
    public enum Unit: String, Sendable, Hashable, CaseIterable {
        case minutes
        case hours
        /// Of 24 hours each, not business days.
        case days
        case weeks

        var microseconds: Int64 {
            switch self {
            case .minutes: 60_000_000
            case .hours: 3_600_000_000
            case .days: 86_400_000_000
            case .weeks: 604_800_000_000
            }
        }

        var singular: String { String(rawValue.dropLast()) }
    }

    /// At least 1; the whole window is at most ``RuleLimits/windowDays``.
    public var count: Int64
    public var unit: Unit

    public init(count: Int64, unit: Unit) {
        self.count = count
        self.unit = unit
    }

    public var microseconds: Int64 { count * unit.microseconds }

    var isWithinLimits: Bool {
        let (length, overflow) = count.multipliedReportingOverflow(by: unit.microseconds)
        return count >= 1 && !overflow && length <= RuleLimits.windowDays * Unit.days.microseconds
    }
}

/// How often something happened: `events("login", last 30 days, where channel = "app") >= 3`.
public struct EventCount: Sendable, Hashable {
    public var type: String
    public var window: EventWindow
    /// An event counts when all of these fit.
    public var properties: [PropertyCondition]
    public var comparison: Comparison
    public var count: Int64

    public init(
        type: String, window: EventWindow, properties: [PropertyCondition] = [], comparison: Comparison, count: Int64
    ) {
        self.type = type
        self.window = window
        self.properties = properties
        self.comparison = comparison
        self.count = count
    }
}

/// The smallest part of a rule that a customer fits or does not fit.
public enum Condition: Sendable, Hashable {
    case trait(name: String, test: ValueTest)
    case events(EventCount)

    /// What it adds to the size of a rule: one, and one for each further value or property condition.
    var weight: Int {
        switch self {
        case .trait(_, let test): 1 + max(0, test.values.count - 1)
        case .events(let count): count.properties.reduce(1) { $0 + max(1, $1.test.values.count) }
        }
    }
}
