/// One arm of a campaign with its effect against the control arm.
public struct ArmReport: Sendable, Hashable {
    public var arm: String
    public var isControl: Bool
    public var proportion: Proportion
    public var conversions: Int64
    public var valueMinor: Int64
    /// nil in the control arm, and where there is no control arm or nobody in one of the two.
    public var effect: Effect?
}

/// What a campaign did, summed over offices and days.
public struct CampaignReport: Sendable, Hashable {
    public var campaignID: Int64
    /// Reason -> customers.
    public var refused: [String: Int64]
    /// The control arm first, the others by name.
    public var arms: [ArmReport]
    public var unknownDeliveries: Int64

    /// Customers considered: in an arm or refused.
    public var audience: Int64 { refused.values.reduce(0, +) + arms.reduce(0) { $0 + $1.proportion.customers } }

    public init(campaignID: Int64, cells: [CellKey: Int64]) {
        self.campaignID = campaignID
        refused = [:]
        unknownDeliveries = 0
        var sums: [ArmKey: [Measure: Int64]] = [:]
        for (key, amount) in cells where key.campaignID == campaignID {
            switch key.measure {
            case .refused: refused[key.reason, default: 0] += amount
            case .deliveryUnknown: unknownDeliveries += amount
            default:
                sums[ArmKey(arm: key.arm, isControl: key.isControl), default: [:]][key.measure, default: 0] += amount
            }
        }
        let control = sums.first { $0.key.isControl }.map { Self.proportion($0.value) }
        arms = sums.map { key, measures in
            let proportion = Self.proportion(measures)
            return ArmReport(
                arm: key.arm, isControl: key.isControl, proportion: proportion,
                conversions: measures[.conversions] ?? 0, valueMinor: measures[.valueMinor] ?? 0,
                effect: key.isControl ? nil : control.flatMap { Effect(treatment: proportion, control: $0) })
        }
        .sorted { ($0.isControl ? 0 : 1, $0.arm) < ($1.isControl ? 0 : 1, $1.arm) }
    }

    private struct ArmKey: Hashable {
        let arm: String
        let isControl: Bool
    }

    private static func proportion(_ measures: [Measure: Int64]) -> Proportion {
        Proportion(converted: measures[.converted] ?? 0, customers: measures[.customers] ?? 0)
    }
}
