/// Reads the JSON form of a rule. Every problem names the path at which it stands.
struct RuleJSONParser {
    private var builder = RuleBuilder()

    static func parse(_ json: String) throws(RuleProblem) -> LocatedRule {
        guard json.utf8.count <= RuleLimits.jsonBytes else {
            throw RuleProblem(
                .tooLarge, at: .json(path: ""),
                "A rule may have at most \(RuleLimits.jsonBytes / 1024) KiB of JSON; split it into segments.")
        }
        // Two levels of JSON for each level of the rule, and a few within a condition: this bounds the recursion here.
        let value = try JSONReader.read(json, depthLimit: 2 * RuleLimits.depth + 8)
        var parser = RuleJSONParser()
        _ = try parser.node(value, at: JSONPath())
        return parser.builder.finish()
    }

    private mutating func node(_ value: JSONValue, at path: JSONPath) throws(RuleProblem) -> Int {
        let object = try JSONObject(value, at: path)
        let place = NodePlace(start: path.place)
        switch object.firstName(of: ["and", "or", "not", "trait", "events"]) {
        case "and":
            return try builder.add(.and(try children(of: object, "and")), at: place)
        case "or":
            return try builder.add(.or(try children(of: object, "or")), at: place)
        case "not":
            try object.allowOnly(["not"])
            let child = try node(try object.member("not"), at: path.member("not"))
            return try builder.add(.not(child), at: place)
        case "trait":
            let name = try object.text("trait")
            let (test, values) = try object.test(besides: "trait")
            return try builder.add(
                .condition(.trait(name: name, test: test)),
                at: NodePlace(start: path.member("trait").place, values: values))
        case "events":
            let (count, place) = try object.eventCount()
            return try builder.add(.condition(.events(count)), at: place)
        default:
            let names = ["and", "or", "not", "trait", "events"]
            throw object.problem(
                "Expected one of and, or, not, trait, events",
                suggestion: object.names.first.flatMap { Suggestion.nearest(to: $0, in: names) })
        }
    }

    private mutating func children(of object: JSONObject, _ name: String) throws(RuleProblem) -> [Int] {
        try object.allowOnly([name])
        let values = try object.array(name)
        guard values.count >= 2 else {
            throw RuleProblem(
                .badJSON, at: object.path.member(name).place, "\(name) joins at least two rules; leave it out for one.")
        }
        var children: [Int] = []
        for (index, value) in values.enumerated() {
            children.append(try node(value, at: object.path.member(name).element(index)))
        }
        return children
    }
}
