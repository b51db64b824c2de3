/// Counts of one campaign on one business day.
public struct DayCounts: Sendable, Hashable {
    public var day: String
    public var contacted: Int64 = 0
    public var held: Int64 = 0
    public var refused: Int64 = 0
    public var conversions: Int64 = 0
    public var valueMinor: Int64 = 0

    public init(day: String) { self.day = day }

    /// In order of days; days on which nothing happened are left out.
    public static func series(campaignID: Int64, cells: [CellKey: Int64]) -> [DayCounts] {
        var days: [String: DayCounts] = [:]
        for (key, amount) in cells where key.campaignID == campaignID {
            var counts = days[key.day] ?? DayCounts(day: key.day)
            switch key.measure {
            case .customers:
                if key.isControl { counts.held += amount } else { counts.contacted += amount }
            case .refused: counts.refused += amount
            case .conversions: counts.conversions += amount
            case .valueMinor: counts.valueMinor += amount
            case .converted, .deliveryUnknown: break
            }
            days[key.day] = counts
        }
        return days.values.sorted { $0.day < $1.day }
    }
}
