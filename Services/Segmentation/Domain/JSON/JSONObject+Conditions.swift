extension JSONObject {
    /// The test that stands beside the name of a trait or property.
    func test(besides subject: String) throws(RuleProblem) -> (test: ValueTest, places: [RulePlace]) {
        let comparisons = Comparison.allCases.map(\.rawValue)
        let member = try without([subject]).only(comparisons + ["in", "between", "known"])
        let path = path.member(member.name)
        switch member.name {
        case "in":
            let (values, places) = try self.values(of: "in")
            guard !values.isEmpty else {
                throw RuleProblem(.badJSON, at: path.place, "The list is empty; name at least one value.")
            }
            return (.isIn(values), places)
        case "between":
            let (values, places) = try self.values(of: "between")
            guard values.count == 2 else {
                throw RuleProblem(.badJSON, at: path.place, "Expected two values: from and to.")
            }
            return (.between(values[0], values[1]), places)
        case "known":
            guard case .flag(let known) = member.value else {
                throw RuleProblem(.badJSON, at: path.place, "Expected true or false.")
            }
            return (known ? .known : .unknown, [])
        default:
            guard let comparison = Comparison(rawValue: member.name) else { throw problem("Expected a comparison") }
            return (.compare(comparison, try RuleValue(member.value, at: path)), [path.place])
        }
    }

    private func values(of name: String) throws(RuleProblem) -> ([RuleValue], [RulePlace]) {
        var values: [RuleValue] = []
        var places: [RulePlace] = []
        for (index, value) in try array(name).enumerated() {
            let path = path.member(name).element(index)
            values.append(try RuleValue(value, at: path))
            places.append(path.place)
        }
        return (values, places)
    }

    func eventCount() throws(RuleProblem) -> (EventCount, NodePlace) {
        try allowOnly(["events", "last", "where", "count"])
        let type = try text("events")
        var place = NodePlace(start: path.member("events").place)
        let window = try window()
        var properties: [PropertyCondition] = []
        if optional("where") != nil {
            let conditions = try array("where")
            guard !conditions.isEmpty else {
                throw RuleProblem(.badJSON, at: path.member("where").place, "The list is empty; leave where out.")
            }
            for (index, value) in conditions.enumerated() {
                let object = try JSONObject(value, at: path.member("where").element(index))
                let property = try object.text("property")
                let (test, values) = try object.test(besides: "property")
                properties.append(PropertyCondition(property: property, test: test))
                place.properties.append(
                    NodePlace(start: object.path.member("property").place, values: values))
            }
        }
        let countPath = path.member("count")
        let counted = try JSONObject(try member("count"), at: countPath).only(Comparison.allCases.map(\.rawValue))
        guard let comparison = Comparison(rawValue: counted.name),
            case .integer(let count) = try RuleValue(counted.value, at: countPath.member(counted.name))
        else {
            throw RuleProblem(.badJSON, at: countPath.place, "Expected a whole number of events.")
        }
        place.values = [path.member("last").place, countPath.member(counted.name).place]
        return (
            EventCount(type: type, window: window, properties: properties, comparison: comparison, count: count), place
        )
    }

    private func window() throws(RuleProblem) -> EventWindow {
        let path = path.member("last")
        let member = try JSONObject(try member("last"), at: path).only(EventWindow.Unit.allCases.map(\.rawValue))
        guard let unit = EventWindow.Unit(rawValue: member.name),
            case .integer(let count) = try RuleValue(member.value, at: path.member(member.name))
        else {
            throw RuleProblem(.badJSON, at: path.place, "Expected a whole number of minutes, hours, days or weeks.")
        }
        return EventWindow(count: count, unit: unit)
    }
}

extension RuleValue {
    init(_ value: JSONValue, at path: JSONPath) throws(RuleProblem) {
        switch value {
        case .text(let text): self = .text(text)
        case .flag(let flag): self = .flag(flag)
        case .number(let number): self = try NumberText.value(number, at: path.place)
        case .object:
            let text = try { () throws(RuleProblem) in
                let object = try JSONObject(value, at: path)
                try object.allowOnly(["time"])
                return try object.text("time")
            }()
            guard let microseconds = TimeText.microseconds(text) else {
                throw RuleProblem.badTime(at: path.member("time").place)
            }
            self = .time(microseconds: microseconds)
        case .null, .array:
            throw RuleProblem(
                .badJSON, at: path.place,
                "Expected a text, a number, true, false or {\"time\": \u{2026}}; ask for an unknown value with known.")
        }
    }
}
