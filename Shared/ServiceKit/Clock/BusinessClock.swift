public import Foundation
public import Postgres

/// Business time: what windows, quiet hours, caps, validity and business days are reckoned by.
///
/// Never used for deadlines, leases or retries, which are machine time (`ContinuousClock`).
public protocol BusinessClock: Sendable {
    /// The bank's time zone, for days and quiet hours.
    var timeZone: TimeZone { get }
    func now() async throws -> Date
    /// The same within a transaction: a clock that stands in the database is read through this connection, for whoever holds
    /// one of a pool must not wait for another.
    func now(in connection: PostgresConnection) async throws -> Date
}

extension BusinessClock {
    public func now(in connection: PostgresConnection) async throws -> Date { try await now() }
}

/// Business time is the time of the machine.
public struct SystemBusinessClock: BusinessClock {
    public let timeZone: TimeZone

    public init(timeZone: TimeZone) {
        self.timeZone = timeZone
    }

    /// In whole microseconds, as tables and wire hold them.
    public func now() -> Date { Date(microseconds: Date().microseconds) }
}

/// Business time that stands still, for tests of rules.
public struct FixedBusinessClock: BusinessClock {
    public let timeZone: TimeZone
    private let date: Date

    public init(_ date: Date, timeZone: TimeZone) {
        self.date = date
        self.timeZone = timeZone
    }

    public func now() -> Date { date }
}
