/// Whether a customer fits a rule, and which of its conditions.
public struct RuleExplanation: Sendable, Hashable {
    public struct ConditionResult: Sendable, Hashable {
        /// The condition as text.
        public var condition: String
        public var fits: Bool

        public init(condition: String, fits: Bool) {
            self.condition = condition
            self.fits = fits
        }
    }

    public var fits: Bool
    /// In the order of the text.
    public var conditions: [ConditionResult]
}

extension Rule {
    /// Whether the customer fits at a moment of business time: the plain evaluator that every faster one is held to.
    public func fits(_ facts: CustomerFacts, asOfMicroseconds: Int64) -> Bool {
        combine { $0.fits(facts, asOfMicroseconds: asOfMicroseconds) }
    }

    /// What becomes of the rule where each condition, in the order of the text, fits or not.
    ///
    /// - Precondition: as many results as ``conditions``.
    public func explain(_ conditionFits: [Bool]) -> RuleExplanation {
        precondition(conditionFits.count == conditions.count, "one result for each condition")
        var results = conditionFits.makeIterator()
        let fits = combine { _ in results.next() ?? false }
        return RuleExplanation(
            fits: fits, conditions: zip(conditions, conditionFits).map { .init(condition: $0.text, fits: $1) })
    }

    private func combine(_ decide: (Condition) -> Bool) -> Bool {
        var results: [Bool] = []
        results.reserveCapacity(nodes.count)
        for node in nodes {
            switch node {
            case .condition(let condition): results.append(decide(condition))
            case .and(let children): results.append(children.allSatisfy { results[$0] })
            case .or(let children): results.append(children.contains { results[$0] })
            case .not(let child): results.append(!results[child])
            }
        }
        return results[results.count - 1]
    }
}

extension Condition {
    fileprivate func fits(_ facts: CustomerFacts, asOfMicroseconds: Int64) -> Bool {
        switch self {
        case .trait(let name, let test): test.fits(facts.traits[name])
        case .events(let count):
            count.comparison.holds(
                facts.events.reduce(into: Int64(0)) { total, event in
                    total += count.counts(event, asOfMicroseconds: asOfMicroseconds) ? 1 : 0
                }, count.count)
        }
    }
}

extension EventCount {
    fileprivate func counts(_ event: CustomerFacts.Event, asOfMicroseconds: Int64) -> Bool {
        event.type == type && event.occurredAtMicroseconds <= asOfMicroseconds
            && event.occurredAtMicroseconds > asOfMicroseconds - window.microseconds
            && properties.allSatisfy { $0.test.fits(property: event.properties[$0.property]) }
    }
}

extension ValueTest {
    /// A property that is absent or null is unknown; one of another type fits no comparison.
    fileprivate func fits(property: JSONValue?) -> Bool {
        guard let property, property != .null else { return self == .unknown }
        switch self {
        case .known: return true
        case .unknown: return false
        case .compare(let comparison, let value): return property.compare(comparison, value)
        case .isIn(let values): return values.contains { property.compare(.equal, $0) }
        case .between(let low, let high):
            return property.compare(.greaterOrEqual, low) && property.compare(.lessOrEqual, high)
        }
    }
}

extension JSONValue {
    fileprivate func compare(_ comparison: Comparison, _ value: RuleValue) -> Bool {
        switch (self, value) {
        case (.text(let left), .text): RuleValue.text(left).compare(comparison, value)
        case (.flag(let left), .flag): RuleValue.flag(left).compare(comparison, value)
        case (.number(let left), .integer), (.number(let left), .decimal):
            if let left = DecimalNumber(left), let right = DecimalNumber(value.text) {
                comparison.holds(left, right)
            } else {
                false
            }
        default: false
        }
    }
}
