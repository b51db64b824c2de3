/// What one customer adds to the cells of one campaign.
///
/// Amounts have 128 bits: one value is at most `largestValueMinor`, so that no log is long enough to leave them, and sums
/// are exact whatever stands in it. Running totals and a recomputation therefore agree to the last unit.
public struct Contribution: Sendable {
    /// The largest value of one conversion that counts, in minor units: ten trillion of a currency with a hundredth. The
    /// gateway takes no larger one. What lies beyond is a mistake: its conversion counts, its value counts as 0.
    public static let largestValueMinor: Int64 = 1_000_000_000_000_000

    public private(set) var amounts: [CellKey: Int128] = [:]

    public init() {}

    public init(campaignID: Int64, facts: CustomerFacts, days: BusinessDay) {
        switch CustomerResult(facts) {
        case .outside:
            break
        case .refused(let refusal):
            let cut = refusal.moment.cut
            add(
                1,
                CellKey(
                    campaignID: campaignID, officePath: cut.officePath, day: days.text(of: refusal.moment.at), arm: "",
                    isControl: false, measure: .refused, reason: refusal.reason))
        case .inArm(let moment, let unknown, let conversions):
            var key = CellKey(
                campaignID: campaignID, officePath: moment.cut.officePath, day: days.text(of: moment.at),
                arm: moment.cut.arm, isControl: moment.cut.isControl, measure: .customers)
            add(1, key)
            if !conversions.isEmpty {
                key.measure = .converted
                add(1, key)
            }
            if unknown {
                key.measure = .deliveryUnknown
                add(1, key)
            }
            for conversion in conversions {
                key.day = days.text(of: conversion.at)
                key.measure = .conversions
                add(1, key)
                key.measure = .valueMinor
                add(Self.counted(conversion.valueMinor), key)
            }
        }
    }

    private static func counted(_ valueMinor: Int64) -> Int128 {
        (-largestValueMinor...largestValueMinor).contains(valueMinor) ? Int128(valueMinor) : 0
    }

    private mutating func add(_ amount: Int128, _ key: CellKey) {
        let sum = amounts[key, default: 0].addingSaturated(amount)
        amounts[key] = sum == 0 ? nil : sum
    }

    /// What must be added to the stored cells when a customer's contribution was `old` and is `self` now.
    public mutating func subtract(_ old: Contribution) {
        for (key, amount) in old.amounts { add(Int128.zero.subtractingSaturated(amount), key) }
    }

    public mutating func merge(_ other: Contribution) {
        for (key, amount) in other.amounts { add(amount, key) }
    }
}
