internal import Foundation
public import Logging
public import Postgres
public import ServiceKit
public import ServiceLifecycle

/// Removes what was refused and is older than the retention: it is personal data as it was sent, kept only until the
/// sender's mistake is found.
public struct RefusedItemSweeper: Service {
    private let sweeper: Sweeper

    /// - Parameter clock: the one that the items were dated by.
    public init(pool: PostgresPool, clock: any BusinessClock, retentionDays: Int, logger: Logger) {
        sweeper = Sweeper("old refused items", logger: logger) { rows in
            let end = try await clock.now().addingTimeInterval(-Double(retentionDays) * 86_400)
            return try await RefusedItemStorage.remove(before: end, rows: rows, pool: pool)
        }
    }

    public func run() async throws { try await sweeper.run() }

    /// - Returns: how many items went.
    @discardableResult
    public func sweep() async throws -> Int { try await sweeper.sweep() }
}
