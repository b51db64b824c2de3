/// One row of a bulk import after its mapping, checked and ready to be stored.
public struct ImportRow: Sendable, Hashable {
    /// Number of the row in the file, from 1.
    public var rowNumber: Int64
    /// The first names the customer; the others are linked to it.
    public var identities: [Identity]
    public var office: Office
    public var manager: String
    public var traits: [String: TraitValue?]
    public var consents: [Consent]
    public var events: [BehaviourEvent]

    public init(
        rowNumber: Int64, identities: [Identity], office: Office, manager: String, traits: [String: TraitValue?],
        consents: [Consent], events: [BehaviourEvent]
    ) throws(FieldProblem) {
        guard !identities.isEmpty else {
            throw FieldProblem(
                field: "identities", code: "no_identity",
                reason: "Map at least one column to an identity of the customer.")
        }
        guard identities.count <= 16 else {
            throw FieldProblem(field: "identities", code: "identities", reason: "Give at most 16 identities in a row.")
        }
        try Self.check(manager: manager)
        self.rowNumber = rowNumber
        self.identities = identities
        self.office = office
        self.manager = manager
        self.traits = traits
        self.consents = consents
        self.events = events
    }

    static func check(manager: String) throws(FieldProblem) {
        guard manager.isEmpty || Names.isValue(manager, atMost: 64) else {
            throw FieldProblem(field: "manager", code: "manager", reason: "Give the manager's staff number.")
        }
    }
}
