/// What a cell counts; the raw value is what is stored.
public enum Measure: Int16, Sendable, Hashable, CaseIterable {
    /// Customers in an arm, on the business day of their first moment.
    case customers = 1
    /// Customers of an arm with a conversion in the window, on the business day of their first moment.
    case converted = 2
    /// Conversions in the window, on the business day of each.
    case conversions = 3
    /// Sum of their values in minor units, on the business day of each.
    case valueMinor = 4
    /// Customers refused, by first reason, on the business day of the first refusal.
    case refused = 5
    /// Customers of an arm with a contact of which nobody knows whether it left.
    case deliveryUnknown = 6
}

/// The coordinates of one number.
public struct CellKey: Sendable, Hashable {
    public var campaignID: Int64
    public var officePath: String
    /// Business day, "2026-03-02".
    public var day: String
    public var arm: String
    public var isControl: Bool
    public var measure: Measure
    /// Of a refusal; empty else.
    public var reason: String

    public init(
        campaignID: Int64, officePath: String, day: String, arm: String, isControl: Bool, measure: Measure,
        reason: String = ""
    ) {
        self.campaignID = campaignID
        self.officePath = officePath
        self.day = day
        self.arm = arm
        self.isControl = isControl
        self.measure = measure
        self.reason = reason
    }
}
