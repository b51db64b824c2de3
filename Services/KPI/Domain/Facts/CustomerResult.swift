private import Foundation

/// Where a customer stands in a campaign, decided from its facts alone.
public enum CustomerResult: Sendable, Hashable {
    /// Contacted or held: counted in an arm from its first moment.
    case inArm(moment: CustomerFacts.Moment, deliveryUnknown: Bool, conversions: [CustomerFacts.Outcome])
    /// Refused each time, or no contact turned out to have left: counted by its first reason, in no arm.
    case refused(CustomerFacts.Refusal)
    /// Nothing but outcomes.
    case outside

    /// A contact counts before a hold: who was reached once is treated. The window runs from the first moment; a conversion
    /// before it or after its end counts nowhere. What did not leave counts from the contact that was reported first, or,
    /// where the channel refused at once, from its refusal.
    public init(_ facts: CustomerFacts) {
        let left = facts.contacts.filter { facts.settled[$0.key] != false }
        if let first = left.min(by: { Self.isEarlier($0.value.moment, $0.key, $1.value.moment, $1.key) }) {
            let unknown = left.contains { $0.value.unknown && facts.settled[$0.key] == nil }
            self = Self.arm(first.value.moment, unknown, facts)
        } else if let first = facts.held.min(by: { Self.isEarlier($0, "", $1, "") }) {
            self = Self.arm(first, false, facts)
        } else if let first = Self.notDelivered(facts).min(by: { Self.isEarlier($0.value, $0.key, $1.value, $1.key) }) {
            self = .refused(CustomerFacts.Refusal(moment: first.value, reason: "not_delivered"))
        } else if let first = facts.refusals.min(by: { Self.isEarlier($0.moment, $0.reason, $1.moment, $1.reason) }) {
            self = .refused(first)
        } else {
            self = .outside
        }
    }

    private static func arm(
        _ moment: CustomerFacts.Moment, _ unknown: Bool, _ facts: CustomerFacts
    ) -> CustomerResult {
        let end = moment.at.addingTimeInterval(Double(moment.cut.windowMicroseconds) / 1_000_000)
        let conversions = facts.outcomes.values.filter { $0.at >= moment.at && $0.at <= end }
        return .inArm(
            moment: moment, deliveryUnknown: unknown,
            conversions: conversions.sorted { ($0.at, $0.valueMinor) < ($1.at, $1.valueMinor) })
    }

    /// What did not leave, by its dedupe key. Without an office it would count for nobody: such is the cut of a refusal by
    /// the channel that was read before cuts were kept of them.
    private static func notDelivered(_ facts: CustomerFacts) -> [String: CustomerFacts.Moment] {
        let refused = facts.notSent.filter { facts.settled[$0.key] == false && !$0.value.cut.officePath.isEmpty }
        return facts.contacts.mapValues(\.moment).merging(refused) { contact, _ in contact }
    }

    /// A total order, so that ties in time fall the same way whatever was read first.
    private static func isEarlier(
        _ a: CustomerFacts.Moment, _ aName: String, _ b: CustomerFacts.Moment, _ bName: String
    ) -> Bool {
        (a.at, a.cut.wave, a.cut.channel, aName) < (b.at, b.cut.wave, b.cut.channel, bName)
    }
}
