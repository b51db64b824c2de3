/// One comparison with a property of an event.
package struct TriggerCondition: Sendable, Hashable {
    package enum Operator: String, Sendable, Hashable, CaseIterable {
        case equal = "="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case known
    }

    package var property: String
    /// As it was sent; `check` refuses what is no operator.
    package var operatorName: String
    package var value: PropertyValue?

    package init(property: String, operatorName: String, value: PropertyValue? = nil) {
        self.property = property
        self.operatorName = operatorName
        self.value = value
    }

    package init(_ property: String, _ comparison: Operator, _ value: PropertyValue? = nil) {
        self.init(property: property, operatorName: comparison.rawValue, value: value)
    }

    /// Whether an event fits. A property that is missing, or of another kind than the value, fits nothing.
    package func fits(_ properties: EventProperties) -> Bool {
        guard let comparison = Operator(rawValue: operatorName), let found = properties[property] else { return false }
        guard comparison != .known else { return true }
        switch (found, value) {
        case (.text(let left), .text(let right)): return comparison.holds(left, right)
        case (.number(let left), .number(let right)): return comparison.holds(left, right)
        case (.flag(let left), .flag(let right)): return comparison == .equal ? left == right : left != right
        default: return false
        }
    }

    func check(at path: String) throws(CampaignProblem) {
        guard Names.isPlain(property) else {
            throw CampaignProblem(
                .invalid, field: "\(path).property", "Name the property by lower case letters, digits and underscores.")
        }
        guard let comparison = Operator(rawValue: operatorName) else {
            throw CampaignProblem(
                .invalid, field: "\(path).operator", "Compare by one of = != < <= > >= known.")
        }
        guard (comparison == .known) == (value == nil) else {
            throw CampaignProblem(
                .invalid, field: "\(path).value",
                comparison == .known
                    ? "known compares with nothing: leave the value out." : "Give the value to compare with.")
        }
        if case .flag? = value, comparison != .equal, comparison != .notEqual {
            throw CampaignProblem(.invalid, field: "\(path).operator", "Compare a flag by = or !=.")
        }
        if case .number(let number)? = value, !number.isFinite {
            throw CampaignProblem(.invalid, field: "\(path).value", "Compare with a finite number.")
        }
    }
}

extension TriggerCondition.Operator {
    fileprivate func holds<T: Comparable>(_ left: T, _ right: T) -> Bool {
        switch self {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        case .known: true
        }
    }
}

extension Trigger {
    /// Whether an event of this type with these properties triggers a contact.
    package func fits(eventType: String, _ properties: @autoclosure () -> EventProperties) -> Bool {
        guard eventType == self.eventType else { return false }
        guard !conditions.isEmpty else { return true }
        let properties = properties()
        return conditions.allSatisfy { $0.fits(properties) }
    }
}
