/// A path within JSON, such as `and[1].trait`.
struct JSONPath: Sendable, Hashable {
    private(set) var text = ""

    var place: RulePlace { .json(path: text) }

    func member(_ name: String) -> JSONPath {
        JSONPath(text: text.isEmpty ? name : "\(text).\(name)")
    }

    func element(_ index: Int) -> JSONPath {
        JSONPath(text: "\(text)[\(index)]")
    }
}

/// A JSON object of a rule with its path, and the shapes its members may have.
struct JSONObject {
    let path: JSONPath
    private let members: [JSONValue.Member]

    init(_ value: JSONValue, at path: JSONPath) throws(RuleProblem) {
        guard case .object(let members) = value else {
            throw RuleProblem(.badJSON, at: path.place, "Expected a JSON object.")
        }
        self.path = path
        self.members = members
    }

    var names: [String] { members.map(\.name) }

    func problem(_ message: String, suggestion: String? = nil) -> RuleProblem {
        RuleProblem(.badJSON, at: path.place, "\(message).", suggestion: suggestion)
    }

    func firstName(of names: [String]) -> String? {
        names.first { name in members.contains { $0.name == name } }
    }

    func optional(_ name: String) -> JSONValue? {
        members.first { $0.name == name }?.value
    }

    func member(_ name: String) throws(RuleProblem) -> JSONValue {
        guard let value = optional(name) else { throw problem("The member \(name) is missing") }
        return value
    }

    func text(_ name: String) throws(RuleProblem) -> String {
        guard case .text(let text) = try member(name) else {
            throw RuleProblem(.badJSON, at: path.member(name).place, "Expected a text.")
        }
        return text
    }

    func array(_ name: String) throws(RuleProblem) -> [JSONValue] {
        guard case .array(let values) = try member(name) else {
            throw RuleProblem(.badJSON, at: path.member(name).place, "Expected an array.")
        }
        return values
    }

    func allowOnly(_ allowed: [String]) throws(RuleProblem) {
        for member in members where !allowed.contains(member.name) {
            throw problem(
                "A member does not belong here; allowed are \(allowed.joined(separator: ", "))",
                suggestion: Suggestion.nearest(to: member.name, in: allowed))
        }
    }

    /// The one member, whose name is one of these.
    func only(_ allowed: [String]) throws(RuleProblem) -> JSONValue.Member {
        try allowOnly(allowed)
        guard let member = members.first, members.count == 1 else {
            throw problem("Expected exactly one of \(allowed.joined(separator: ", "))")
        }
        return member
    }

    /// The object without the members of these names.
    func without(_ names: [String]) -> JSONObject {
        JSONObject(path: path, members: members.filter { !names.contains($0.name) })
    }

    private init(path: JSONPath, members: [JSONValue.Member]) {
        self.path = path
        self.members = members
    }
}
