/// What a contact changes in truth, averaged over the customers that took part.
public struct TrueEffect: Sendable {
    public private(set) var customers = 0
    private var sum = 0.0

    public init() {}

    public mutating func add(_ customer: SandboxCustomer) {
        customers += 1
        sum += customer.chanceContacted - customer.chanceHeld
    }

    /// In percentage points.
    public var points: Double { customers == 0 ? 0 : 100 * sum / Double(customers) }
}
