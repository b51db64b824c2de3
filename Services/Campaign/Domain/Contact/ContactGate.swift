package import Foundation

/// Decides whether one customer may be contacted now, through one channel, for one purpose.
///
/// It asks in a fixed order: suppression, consent, quiet hours, cap, control last. Whoever is held was therefore
/// allowed by all else, and is comparable with whoever was contacted. A fact that is missing refuses.
package struct ContactGate: Sendable {
    package var purpose: String
    package var channel: String
    package var policy: ContactPolicy
    package var now: Date
    package var timeZone: TimeZone

    package init(purpose: String, channel: String, policy: ContactPolicy, now: Date, timeZone: TimeZone) {
        self.purpose = purpose
        self.channel = channel
        self.policy = policy
        self.now = now
        self.timeZone = timeZone
    }

    package enum Decision: Sendable, Hashable {
        case allowed
        /// Not contacted by control alone.
        case held
        case refused(ContactRefusal)
    }

    /// The decision that reserves a contact.
    package func decide(_ facts: ContactFacts) -> Decision {
        if let refusal = permission(facts) { return .refused(refusal) }
        if isQuiet { return .refused(.quietHours) }
        guard let earlier = facts.earlierContacts else { return .refused(.unknownHistory) }
        let caps = policy.caps.filter { $0.concerns(channel) }
        if caps.contains(where: { $0.isReached(by: earlier, at: now) }) { return .refused(.cap) }
        guard let isControl = facts.isControl else { return .refused(.unknownArm) }
        return isControl ? .held : .allowed
    }

    /// What is asked once more when a reserved contact is about to leave: suppression and consent. The cap has counted
    /// it since it was reserved, and quiet hours only delay it.
    ///
    /// - Parameter seconds: for how long from now on the contact may leave; a consent that ends within them is none.
    package func permission(_ facts: ContactFacts, forSeconds seconds: TimeInterval = 0) -> ContactRefusal? {
        guard let isSuppressed = facts.isSuppressed, let consents = facts.consents else { return .unknownCustomer }
        if isSuppressed { return .suppressed }
        return hasConsent(consents, until: now + seconds) ? nil : .noConsent
    }

    package var isQuiet: Bool {
        policy.isQuiet(channel: channel, minuteOfDay: MinuteOfDay.of(now, in: timeZone))
    }

    /// A withdrawal outweighs any grant, and counts at once, even where it says that it begins later: an opt-out that
    /// was acknowledged must not wait for clocks that differ.
    private func hasConsent(_ consents: [Consent], until end: Date) -> Bool {
        var isGranted = false
        for consent in consents where consent.purpose == purpose {
            guard consent.channel == channel || consent.channel == ContactPolicy.everyChannel else { continue }
            if let validUntil = consent.validUntil, validUntil <= now { continue }
            guard consent.isGranted else { return false }
            let lasts = consent.validUntil.map { $0 > end } ?? true
            if consent.validFrom <= now, lasts { isGranted = true }
        }
        return isGranted
    }
}
