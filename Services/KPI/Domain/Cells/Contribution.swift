/// What one customer adds to the cells of one campaign.
public struct Contribution: Sendable {
    public private(set) var amounts: [CellKey: Int64] = [:]

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
                add(conversion.valueMinor, key)
            }
        }
    }

    public mutating func add(_ amount: Int64, _ key: CellKey) {
        let sum = amounts[key, default: 0] + amount
        amounts[key] = sum == 0 ? nil : sum
    }

    /// What must be added to the stored cells when a customer's contribution was `old` and is `self` now.
    public mutating func subtract(_ old: Contribution) {
        for (key, amount) in old.amounts { add(-amount, key) }
    }

    public mutating func merge(_ other: Contribution) {
        for (key, amount) in other.amounts { add(amount, key) }
    }
}
