/// How closely a value must be kept; the raw value is what is stored and sent.
public enum Sensitivity: Int16, Sendable, Hashable {
    case c1 = 1
    case c2 = 2
    case c3 = 3

    /// As people write it: C1, C2 or C3.
    public var word: String { "C\(rawValue)" }

    public init?(word: String) {
        guard let found = [Self.c1, .c2, .c3].first(where: { $0.word == word }) else { return nil }
        self = found
    }
}

/// Whether a value is known before a contact is made.
///
/// What is known only after (how long the call lasted, say) would make every model and rule look clever in the past and
/// useless tomorrow, so it cannot be a trait.
public enum Known: Int16, Sendable, Hashable {
    case before = 1
    case after = 2
}

/// An entry of the dictionary: what a trait means and how it may be used.
public struct TraitDefinition: Sendable, Hashable {
    public var name: String
    public var type: TraitType
    public var meaning: String
    public var source: String
    public var refresh: String
    public var sensitivity: Sensitivity

    public init(
        name: String, type: TraitType, meaning: String, source: String, refresh: String, sensitivity: Sensitivity,
        known: Known
    ) throws(FieldProblem) {
        guard Names.isPlain(name, atMost: 48) else {
            throw FieldProblem(
                field: "name", code: "trait_name",
                reason: "Name the trait with at most 48 lower case letters, digits and _, starting with a letter.")
        }
        guard known == .before else {
            throw FieldProblem(
                field: "known", code: "known_after",
                reason:
                    "\(name) is known only after a contact, so it cannot be a trait; import it as an event property.")
        }
        guard Names.isValue(meaning, atMost: 400) else {
            throw FieldProblem(
                field: "meaning", code: "meaning", reason: "Say what \(name) means, in at most 400 characters.")
        }
        guard source.unicodeScalars.count <= 120 else {
            throw FieldProblem(field: "source", code: "source", reason: "Name the source in at most 120 characters.")
        }
        guard refresh.unicodeScalars.count <= 120 else {
            throw FieldProblem(
                field: "refresh", code: "refresh", reason: "Say how often it is renewed in at most 120 characters.")
        }
        self.name = name
        self.type = type
        self.meaning = meaning
        self.source = source
        self.refresh = refresh
        self.sensitivity = sensitivity
    }
}
