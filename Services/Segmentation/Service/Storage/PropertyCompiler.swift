internal import Postgres
internal import SegmentationDomain

/// Writes the test of one property as an SQL condition on the row `e` of `profile.published_event`.
///
/// A property may have any type in any event, and Postgres may evaluate parts of a condition in any order: so the type is
/// asked for in a CASE, which alone keeps a text from being read as a number. Numbers are compared as `numeric`, because
/// a property may hold one that no `double precision` does.
struct PropertyCompiler {
    private let value: SQL
    private let text: SQL

    init(property: String) {
        value = "(e.properties -> \(property))"
        text = "(e.properties ->> \(property))"
    }

    /// TRUE where the property fits, false or NULL where it does not.
    func condition(_ test: ValueTest) -> SQL {
        switch test {
        case .known: "(jsonb_typeof(\(value)) <> 'null')"
        case .unknown: "((jsonb_typeof(\(value)) <> 'null') IS NOT TRUE)"
        case .compare(let comparison, let literal): compare(comparison, literal)
        case .between(let low, let high): "(\(compare(.greaterOrEqual, low)) AND \(compare(.lessOrEqual, high)))"
        case .isIn(let values): list(values)
        }
    }

    private func compare(_ comparison: Comparison, _ literal: RuleValue) -> SQL {
        let sign = comparison.sqlOperator
        switch literal {
        case .text(let literal): return typed("string", "\(text) \(unsafeSQL: sign) \(literal)")
        case .flag(let literal): return typed("boolean", "\(value)::boolean \(unsafeSQL: sign) \(literal)")
        case .integer(let number): return typed("number", "\(value)::numeric \(unsafeSQL: sign) \(number)::numeric")
        case .decimal(let number):
            // By its shortest decimal form, which is what the rule says; the cast of a double would round it.
            return typed("number", "\(value)::numeric \(unsafeSQL: sign) \(number.description)::numeric")
        case .time: return "false"
        }
    }

    /// The values of one list have one type.
    private func list(_ values: [RuleValue]) -> SQL {
        var texts: [String] = []
        var numbers: [String] = []
        var flags: [Bool] = []
        for value in values {
            switch value {
            case .text(let text): texts.append(text)
            case .integer(let number): numbers.append(number.description)
            case .decimal(let number): numbers.append(number.description)
            case .flag(let flag): flags.append(flag)
            case .time: continue
            }
        }
        if !texts.isEmpty { return typed("string", "\(text) = ANY(\(texts))") }
        if !numbers.isEmpty { return typed("number", "\(value)::numeric = ANY(\(numbers)::numeric[])") }
        return typed("boolean", "\(value)::boolean = ANY(\(flags))")
    }

    private func typed(_ type: String, _ condition: SQL) -> SQL {
        "(CASE WHEN jsonb_typeof(\(value)) = \(type) THEN \(condition) END)"
    }
}
