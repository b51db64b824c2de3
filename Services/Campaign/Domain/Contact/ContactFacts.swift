package import Foundation

/// What is known of one customer at the moment of the decision. What could not be read is nil, and then the gate
/// refuses.
package struct ContactFacts: Sendable {
    /// Suppressed, not suppressed, or unknown.
    package var isSuppressed: Bool?
    package var consents: [Consent]?
    /// Contacts on their way, and those that left within the longest window of the policy.
    package var earlierContacts: [EarlierContact]?
    /// Of the control group, not of it, or unknown.
    package var isControl: Bool?

    package init(
        isSuppressed: Bool? = nil, consents: [Consent]? = nil, earlierContacts: [EarlierContact]? = nil,
        isControl: Bool? = nil
    ) {
        self.isSuppressed = isSuppressed
        self.consents = consents
        self.earlierContacts = earlierContacts
        self.isControl = isControl
    }
}

/// What a customer said about a purpose and a channel.
package struct Consent: Sendable, Hashable {
    package var purpose: String
    /// A channel, or "*" for every channel.
    package var channel: String
    package var isGranted: Bool
    package var validFrom: Date
    /// nil: no end.
    package var validUntil: Date?

    package init(
        purpose: String, channel: String, isGranted: Bool, validFrom: Date = .distantPast, validUntil: Date? = nil
    ) {
        self.purpose = purpose
        self.channel = channel
        self.isGranted = isGranted
        self.validFrom = validFrom
        self.validUntil = validUntil
    }
}

/// A contact that counts for caps.
package struct EarlierContact: Sendable, Hashable {
    package var channel: String
    /// By when it had left; nil: reserved or on its way.
    package var leftAt: Date?

    package init(channel: String, leftAt: Date?) {
        self.channel = channel
        self.leftAt = leftAt
    }
}
