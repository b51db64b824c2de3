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

/// What a campaign did, summed over offices and days. A sum beyond 64 bits counts as the end of their range.
public struct CampaignReport: Sendable, Hashable {
    public var campaignID: Int64
    /// Reason -> customers.
    public var refused: [String: Int64]
    /// The control arm first, the others by name.
    public var arms: [ArmReport]
    public var unknownDeliveries: Int64

    /// Customers considered: in an arm or refused.
    public var audience: Int64 {
        let customers = refused.values.map { Int128($0) } + arms.map { Int128($0.proportion.customers) }
        return Int64(clamping: customers.reduce(0, +))
    }

    public init(campaignID: Int64, cells: [CellKey: Int128]) {
        self.campaignID = campaignID
        var refused: [String: Int128] = [:]
        var unknownDeliveries: Int128 = 0
        var sums: [ArmKey: [Measure: Int128]] = [:]
        for (key, amount) in cells where key.campaignID == campaignID {
            switch key.measure {
            case .refused: refused[key.reason] = refused[key.reason, default: 0].addingSaturated(amount)
            case .deliveryUnknown: unknownDeliveries = unknownDeliveries.addingSaturated(amount)
            default:
                let arm = ArmKey(arm: key.arm, isControl: key.isControl)
                let sum = sums[arm]?[key.measure] ?? 0
                sums[arm, default: [:]][key.measure] = sum.addingSaturated(amount)
            }
        }
        self.refused = refused.mapValues { Int64(clamping: $0) }
        self.unknownDeliveries = Int64(clamping: unknownDeliveries)
        let control = sums.first { $0.key.isControl }.map { Self.proportion($0.value) }
        arms = sums.map { key, measures in
            let proportion = Self.proportion(measures)
            return ArmReport(
                arm: key.arm, isControl: key.isControl, proportion: proportion,
                conversions: Int64(clamping: measures[.conversions] ?? 0),
                valueMinor: Int64(clamping: measures[.valueMinor] ?? 0),
                effect: key.isControl ? nil : control.flatMap { Effect(treatment: proportion, control: $0) })
        }
        .sorted { ($0.isControl ? 0 : 1, $0.arm) < ($1.isControl ? 0 : 1, $1.arm) }
    }

    private struct ArmKey: Hashable {
        let arm: String
        let isControl: Bool
    }

    private static func proportion(_ measures: [Measure: Int128]) -> Proportion {
        // Cells that were tampered with are for the recomputation to name; a report of them must not end the process.
        let customers = max(0, Int64(clamping: measures[.customers] ?? 0))
        let converted = max(0, Int64(clamping: measures[.converted] ?? 0))
        return Proportion(converted: min(converted, customers), customers: customers)
    }
}
