/// A rule: which customers are meant.
///
/// A rule is two-valued. A comparison with a value that is unknown does not fit, and `not` of what does not fit fits:
/// `not age > 30` takes in the customers whose age is unknown, `age <= 30` does not. The plain evaluator and the SQL
/// evaluator both keep to this.
///
/// Its nodes are one flat array, so that nothing that walks a rule needs a stack as deep as the rule.
public struct Rule: Sendable, Hashable {
    public enum Node: Sendable, Hashable {
        case condition(Condition)
        /// Indexes of two nodes or more.
        case and([Int])
        /// Indexes of two nodes or more.
        case or([Int])
        case not(Int)
    }

    /// Children stand before their parents, in the order of the text; the last node is the whole rule.
    public let nodes: [Node]

    init(nodes: [Node]) {
        self.nodes = nodes
    }

    /// The conditions in the order of the text.
    public var conditions: [Condition] {
        nodes.compactMap { node in
            if case .condition(let condition) = node { condition } else { nil }
        }
    }
}

/// A rule together with where its parts stood in what was sent.
public struct LocatedRule: Sendable, Hashable {
    public let rule: Rule
    /// One for each node of the rule.
    let places: [NodePlace]
}

/// Where one node, or one property condition, stands.
struct NodePlace: Sendable, Hashable {
    /// Of the node; of a condition, the name of its trait, event type or property.
    var start: RulePlace
    /// Of the values of its test.
    var values: [RulePlace] = []
    /// Of the property conditions of an event count.
    var properties: [NodePlace] = []
}
