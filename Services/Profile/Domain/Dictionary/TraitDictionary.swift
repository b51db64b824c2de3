/// All traits that are defined, at one version.
public struct TraitDictionary: Sendable {
    public let version: Int64
    private let byName: [String: TraitDefinition]

    public init(version: Int64, definitions: [TraitDefinition]) {
        self.version = version
        byName = Dictionary(definitions.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
    }

    public var definitions: [TraitDefinition] { byName.values.sorted { $0.name < $1.name } }

    public subscript(name: String) -> TraitDefinition? { byName[name] }

    /// The value as it will be stored, or what is wrong with it; nil stands for unknown and fits every type.
    public func check(_ name: String, _ value: TraitValue?) throws(FieldProblem) -> TraitValue? {
        guard let definition = byName[name] else {
            throw FieldProblem(
                field: "name", code: "undeclared_trait",
                reason: "Declare the trait in the dictionary before sending values for it.")
        }
        return try value?.fitting(definition.type)
    }

    /// What must be written to come from this dictionary to one that holds `wanted` too.
    ///
    /// A type never changes: stored values and frozen rules depend on it.
    public func changes(for wanted: [TraitDefinition]) throws(FieldProblem) -> DictionaryChange {
        var added: [TraitDefinition] = []
        var reworded: [TraitDefinition] = []
        var names: Set<String> = []
        for (index, definition) in wanted.enumerated() {
            guard names.insert(definition.name).inserted else {
                throw FieldProblem(
                    field: "traits[\(index)].name", code: "repeated", reason: "Define each trait once in a call.")
            }
            guard let current = byName[definition.name] else {
                added.append(definition)
                continue
            }
            guard current.type == definition.type else {
                throw FieldProblem(
                    field: "traits[\(index)].type", code: "type_changed",
                    reason:
                        "\(definition.name) holds \(current.type.word) values; declare a new trait for another type.")
            }
            if current != definition { reworded.append(definition) }
        }
        return DictionaryChange(added: added, reworded: reworded)
    }
}

/// Definitions to insert and definitions to reword.
public struct DictionaryChange: Sendable, Hashable {
    public var added: [TraitDefinition]
    public var reworded: [TraitDefinition]

    public var isEmpty: Bool { added.isEmpty && reworded.isEmpty }

    /// What auditors read: each trait by name, with the sensitivity that it gets and the one that it loses.
    public func auditText(from old: TraitDictionary) -> String {
        let words =
            added.map { "\($0.name) (\($0.sensitivity.word))" }
            + reworded.map { new in
                guard let before = old[new.name]?.sensitivity, before != new.sensitivity else { return new.name }
                return "\(new.name) (\(before.word) -> \(new.sensitivity.word))"
            }
        return words.joined(separator: ", ")
    }
}
