public import Foundation
public import Postgres

/// Business time is a row in the database that only `zhike clock advance` moves.
public struct SimulatedBusinessClock: BusinessClock {
    public let timeZone: TimeZone
    private let pool: PostgresPool

    /// - Parameter pool: any role of a suite service may read; `zhike_platform` or the administrator may move it.
    public init(pool: PostgresPool, timeZone: TimeZone) {
        self.pool = pool
        self.timeZone = timeZone
    }

    public func now() async throws -> Date {
        guard let date = try await ClockStore.read(pool) else { throw BusinessClockError.notSet }
        return date
    }

    public func now(in connection: PostgresConnection) async throws -> Date {
        guard let date = try await ClockStore.read(in: connection) else { throw BusinessClockError.notSet }
        return date
    }

    /// Sets the clock for the first time; later calls change nothing.
    public func begin(at date: Date) async throws {
        try await ClockStore.begin(pool, at: date)
    }

    /// Moves the clock. Call it once every consumer has reached the heads and every step due has run.
    public func advance(to date: Date) async throws {
        guard try await ClockStore.advance(pool, to: date) else { throw BusinessClockError.backward }
    }
}

public enum BusinessClockError: Error, Equatable, CustomStringConvertible {
    case notSet
    case backward

    public var description: String {
        switch self {
        case .notSet:
            "The simulated clock is not set: run zhike up --simulated-start, or configure clock.mode as system."
        case .backward: "Business time only moves forward, and the clock must have been set before."
        }
    }
}
