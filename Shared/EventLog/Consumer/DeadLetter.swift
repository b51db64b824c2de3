public import Foundation

/// An entry that a consumer gave up on; those after it were applied all the same.
public struct DeadLetter: Sendable, Hashable {
    public var partition: Int16
    public var offset: Int64
    public var customerID: Int64
    public var reason: String
    public var attempts: Int
    public var failedAt: Date
}
