/// Counts of one campaign on one business day. A sum beyond 64 bits counts as the end of their range.
public struct DayCounts: Sendable, Hashable {
    public var day: String
    public var contacted: Int64 = 0
    public var held: Int64 = 0
    public var refused: Int64 = 0
    public var conversions: Int64 = 0
    public var valueMinor: Int64 = 0

    public init(day: String) { self.day = day }

    /// In order of days; days on which nothing happened are left out.
    public static func series(campaignID: Int64, cells: [CellKey: Int128]) -> [DayCounts] {
        var days: [String: Sums] = [:]
        for (key, amount) in cells where key.campaignID == campaignID {
            days[key.day, default: Sums()].add(amount, key)
        }
        return days.map { $1.counts(day: $0) }.sorted { $0.day < $1.day }
    }

    /// Of one day, wide enough that it does not matter in which order cells come.
    private struct Sums {
        var contacted: Int128 = 0
        var held: Int128 = 0
        var refused: Int128 = 0
        var conversions: Int128 = 0
        var valueMinor: Int128 = 0

        mutating func add(_ amount: Int128, _ key: CellKey) {
            switch key.measure {
            case .customers where key.isControl: held = held.addingSaturated(amount)
            case .customers: contacted = contacted.addingSaturated(amount)
            case .refused: refused = refused.addingSaturated(amount)
            case .conversions: conversions = conversions.addingSaturated(amount)
            case .valueMinor: valueMinor = valueMinor.addingSaturated(amount)
            case .converted, .deliveryUnknown: break
            }
        }

        func counts(day: String) -> DayCounts {
            var counts = DayCounts(day: day)
            counts.contacted = Int64(clamping: contacted)
            counts.held = Int64(clamping: held)
            counts.refused = Int64(clamping: refused)
            counts.conversions = Int64(clamping: conversions)
            counts.valueMinor = Int64(clamping: valueMinor)
            return counts
        }
    }
}
