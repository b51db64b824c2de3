public import Foundation

/// What a customer allowed or forbade: one purpose through one channel, from a moment on.
public struct Consent: Sendable, Hashable {
    public var purpose: String
    /// A channel, or "*" for every channel.
    public var channel: String
    public var granted: Bool
    public var validFrom: Date
    /// nil: without end.
    public var validUntil: Date?
    public var source: String

    public init(
        purpose: String, channel: String, granted: Bool, validFrom: Date, validUntil: Date?, source: String
    ) throws(FieldProblem) {
        guard Names.isPlain(purpose, atMost: 32) else {
            throw FieldProblem(
                field: "purpose", code: "purpose",
                reason: "Name the purpose with at most 32 lower case letters, digits and _, for example marketing.")
        }
        guard channel == "*" || Names.isPlain(channel, atMost: 32) else {
            throw FieldProblem(
                field: "channel", code: "channel",
                reason: "Name the channel with at most 32 lower case letters, digits and _, or * for every channel.")
        }
        try TimeRange.check(validFrom, field: "valid_from")
        if let validUntil { try TimeRange.check(validUntil, field: "valid_until") }
        if let validUntil, validUntil <= validFrom {
            throw FieldProblem(
                field: "valid_until", code: "validity",
                reason: "Let the consent end after it begins, or leave the end open.")
        }
        guard source.unicodeScalars.count <= 120 else {
            throw FieldProblem(field: "source", code: "source", reason: "Name the source in at most 120 characters.")
        }
        self.init(
            trusted: purpose, channel: channel, granted: granted, validFrom: validFrom, validUntil: validUntil,
            source: source)
    }

    /// From storage, where it was checked when it was first taken.
    package init(
        trusted purpose: String, channel: String, granted: Bool, validFrom: Date, validUntil: Date?, source: String
    ) {
        self.purpose = purpose
        self.channel = channel
        self.granted = granted
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.source = source
    }
}

/// What a customer's word on a purpose and a channel is at present.
public struct StandingConsent: Sendable, Hashable {
    public var granted: Bool
    public var validFrom: Date
    /// When the bank wrote it down.
    public var changedAt: Date

    public init(granted: Bool, validFrom: Date, changedAt: Date) {
        self.granted = granted
        self.validFrom = validFrom
        self.changedAt = changedAt
    }
}

extension Consent {
    /// Whether the customer has said something else since: a grant from before a withdrawal was written down, or from before
    /// another grant, changes nothing. A withdrawal always counts.
    ///
    /// - Parameter isSaidNow: A person gives it at this moment. What a file brings is older than a withdrawal of the same
    ///   moment: the bank's time may stand still.
    public func isOutdated(by standing: StandingConsent, isSaidNow: Bool) -> Bool {
        guard granted else { return false }
        let said =
            standing.granted
            ? min(standing.validFrom, standing.changedAt) : max(standing.validFrom, standing.changedAt)
        return isSaidNow || standing.granted ? validFrom < said : validFrom <= said
    }
}
