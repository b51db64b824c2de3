public import Foundation

/// All that is known of one customer.
public struct Customer: Sendable, Hashable {
    public var customerID: Int64
    public var office: String
    public var manager: String
    public var identities: [Identity]
    public var traits: [String: TraitValue]
    public var consents: [Consent]
    public var suppressed: Bool
    public var tags: [String]
    public var createdAt: Date

    public init(
        customerID: Int64, office: String, manager: String, identities: [Identity], traits: [String: TraitValue],
        consents: [Consent], suppressed: Bool, tags: [String], createdAt: Date
    ) {
        self.customerID = customerID
        self.office = office
        self.manager = manager
        self.identities = identities
        self.traits = traits
        self.consents = consents
        self.suppressed = suppressed
        self.tags = tags
        self.createdAt = createdAt
    }

    /// As it is shown to somebody without the right to reveal: every identity but the bank's own number is masked, traits of
    /// the highest sensitivity are left out.
    public func masked(by dictionary: TraitDictionary) -> Customer {
        var shown = self
        shown.identities = identities.map { identity in
            identity.kind == Identity.customerNumberKind
                ? identity : Identity(trusted: identity.kind, Masking.mask(identity.value))
        }
        shown.traits = traits.filter { dictionary[$0.key]?.sensitivity != .c3 }
        return shown
    }
}

/// One line of a customer's timeline, newest first.
public struct TimelineEntry: Sendable, Hashable {
    public var kind: String
    public var subject: String
    public var occurredAt: Date
    public var propertiesJSON: String

    public init(kind: String, subject: String, occurredAt: Date, propertiesJSON: String) {
        self.kind = kind
        self.subject = subject
        self.occurredAt = occurredAt
        self.propertiesJSON = propertiesJSON
    }
}
