internal import Postgres
internal import SegmentationDomain

/// Writes a rule as an SQL condition on the row `c` of `profile.published_customer`.
///
/// SQL knows a third truth value, a rule does not. Each condition is NULL or false where it does not fit, `AND` and `OR`
/// of such are TRUE exactly where the rule's are, and `not` becomes IS NOT TRUE: so the whole is TRUE exactly where the
/// rule fits, and conditions that stand under no `not` can still use an index.
struct RuleCompiler {
    private let traits: [String: RuleDictionary.TraitType]
    private let asOfMicroseconds: Int64

    init(_ checked: CheckedRule, asOfMicroseconds: Int64) {
        traits = checked.dictionary.traits
        self.asOfMicroseconds = asOfMicroseconds
    }

    /// The rule as one condition.
    static func condition(_ checked: CheckedRule, asOfMicroseconds: Int64) -> SQL {
        let compiler = RuleCompiler(checked, asOfMicroseconds: asOfMicroseconds)
        var pieces: [SQL] = []
        for node in checked.rule.nodes {
            switch node {
            case .condition(let condition): pieces.append(compiler.condition(condition))
            case .and(let children): pieces.append(joined(children.map { pieces[$0] }, "AND"))
            case .or(let children): pieces.append(joined(children.map { pieces[$0] }, "OR"))
            case .not(let child): pieces.append("(\(pieces[child]) IS NOT TRUE)")
            }
            // A child's text is part of its parent's now.
            for child in node.children { pieces[child] = "" }
        }
        return pieces[pieces.count - 1].unprepared
    }

    private static func joined(_ pieces: [SQL], _ connective: String) -> SQL {
        "(\(SQL.joined(pieces, separator: " \(connective) ")))"
    }

    /// One condition: TRUE where it fits, false or NULL where it does not.
    func condition(_ condition: Condition) -> SQL {
        switch condition {
        case .trait(let name, let test):
            // The rule was checked against this dictionary.
            traitCondition("c.\(identifier: "trait_" + name)", test, type: traits[name] ?? .text)
        case .events(let count): "(\(eventCondition(count)))"
        }
    }

    private func traitCondition(_ column: SQL, _ test: ValueTest, type: RuleDictionary.TraitType) -> SQL {
        switch test {
        case .known: "(\(column) IS NOT NULL)"
        case .unknown: "(\(column) IS NULL)"
        case .compare(let comparison, let value):
            "(\(column) \(unsafeSQL: comparison.sqlOperator) \(parameter(value, type: type)))"
        case .between(let low, let high):
            "(\(column) >= \(parameter(low, type: type)) AND \(column) <= \(parameter(high, type: type)))"
        case .isIn(let values): listCondition(column, values, type: type)
        }
    }

    private func parameter(_ value: RuleValue, type: RuleDictionary.TraitType) -> SQL {
        switch value {
        case .text(let text): "\(text)"
        case .integer(let number): type == .decimal ? "\(Double(number))" : "\(number)"
        case .decimal(let number): "\(number)"
        case .flag(let flag): "\(flag)"
        case .time(let microseconds): "\(TimestampParameter(microseconds: microseconds))"
        }
    }

    /// One array for each type that occurs: whole numbers and decimals may stand in one list, and each is compared as
    /// it would be alone.
    private func listCondition(_ column: SQL, _ values: [RuleValue], type: RuleDictionary.TraitType) -> SQL {
        var texts: [String] = []
        var integers: [Int64] = []
        var decimals: [Double] = []
        var others: [SQL] = []
        for value in values {
            switch value {
            case .text(let text): texts.append(text)
            case .integer(let number) where type == .decimal: decimals.append(Double(number))
            case .integer(let number): integers.append(number)
            case .decimal(let number): decimals.append(number)
            case .flag, .time: others.append("\(column) = \(parameter(value, type: type))")
            }
        }
        if !texts.isEmpty { others.append("\(column) = ANY(\(texts))") }
        if !integers.isEmpty { others.append("\(column) = ANY(\(integers))") }
        if !decimals.isEmpty { others.append("\(column) = ANY(\(decimals))") }
        return Self.joined(others, "OR")
    }

    private func eventCondition(_ count: EventCount) -> SQL {
        let start = TimestampParameter(microseconds: asOfMicroseconds - count.window.microseconds)
        let conditions = count.properties.map { condition -> SQL in
            " AND \(PropertyCompiler(property: condition.property).condition(condition.test))"
        }
        return """
            (SELECT count(*) FROM profile.published_event e
            WHERE e.partition = c.partition AND e.customer_id = c.customer_id AND e.event_type = \(count.type)
            AND e.occurred_at > \(start) AND e.occurred_at <= \(TimestampParameter(microseconds: asOfMicroseconds))\
            \(SQL.joined(conditions, separator: ""))) \(unsafeSQL: count.comparison.sqlOperator) \(count.count)
            """
    }
}

extension Comparison {
    /// The operator of SQL.
    var sqlOperator: String { self == .notEqual ? "<>" : rawValue }
}
