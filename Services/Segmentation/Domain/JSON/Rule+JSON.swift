extension Rule {
    /// The rule as compact JSON; reading it again gives an equal rule.
    ///
    ///     {"or":[{"trait":"poutcome","=":"success"},{"not":{"trait":"age","between":[30,40]}}]}
    ///     {"trait":"contact","in":["cellular"]}   {"trait":"age","known":true}   {"trait":"since",">=":{"time":"…Z"}}
    ///     {"events":"login","last":{"days":30},"where":[{"property":"channel","=":"app"}],"count":{">=":3}}
    public var json: String { jsonValue.json }

    private var jsonValue: JSONValue {
        var values: [JSONValue] = []
        values.reserveCapacity(nodes.count)
        for node in nodes {
            switch node {
            case .condition(let condition): values.append(condition.jsonValue)
            case .and(let children): values.append(.object([.init("and", .array(children.map { values[$0] }))]))
            case .or(let children): values.append(.object([.init("or", .array(children.map { values[$0] }))]))
            case .not(let child): values.append(.object([.init("not", values[child])]))
            }
        }
        return values[values.count - 1]
    }
}

extension Condition {
    fileprivate var jsonValue: JSONValue {
        switch self {
        case .trait(let name, let test): .object([.init("trait", .text(name)), test.jsonMember])
        case .events(let count): count.jsonValue
        }
    }
}

extension EventCount {
    fileprivate var jsonValue: JSONValue {
        var members: [JSONValue.Member] = [
            .init("events", .text(type)),
            .init("last", .object([.init(window.unit.rawValue, .number(String(window.count)))])),
        ]
        if !properties.isEmpty {
            let conditions = properties.map {
                JSONValue.object([.init("property", .text($0.property)), $0.test.jsonMember])
            }
            members.append(.init("where", .array(conditions)))
        }
        members.append(.init("count", .object([.init(comparison.rawValue, .number(String(count)))])))
        return .object(members)
    }
}

extension ValueTest {
    fileprivate var jsonMember: JSONValue.Member {
        switch self {
        case .compare(let comparison, let value): .init(comparison.rawValue, value.jsonValue)
        case .isIn(let values): .init("in", .array(values.map(\.jsonValue)))
        case .between(let low, let high): .init("between", .array([low.jsonValue, high.jsonValue]))
        case .known: .init("known", .flag(true))
        case .unknown: .init("known", .flag(false))
        }
    }
}

extension RuleValue {
    var jsonValue: JSONValue {
        switch self {
        case .text(let text): .text(text)
        case .integer(let value): .number(String(value))
        case .decimal(let value): .number(NumberText.text(value))
        case .flag(let flag): .flag(flag)
        case .time(let microseconds): .object([.init("time", .text(TimeText.text(microseconds: microseconds)))])
        }
    }
}
