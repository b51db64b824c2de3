internal import Foundation
public import Logging
public import Postgres
public import ServiceKit
public import ServiceLifecycle

/// Removes what was refused and is older than the retention, a few at a time: it is personal data as it was sent, kept
/// only until the sender's mistake is found.
public struct RefusedItemSweeper: Service {
    private static let rowsAtOnce = 1_000
    private static let pause = Duration.seconds(600)

    private let pool: PostgresPool
    private let clock: any BusinessClock
    private let retentionDays: Int
    private let logger: Logger

    /// - Parameter clock: the one that the items were dated by.
    public init(pool: PostgresPool, clock: any BusinessClock, retentionDays: Int, logger: Logger) {
        self.pool = pool
        self.clock = clock
        self.retentionDays = retentionDays
        self.logger = logger
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await sweep()
                } catch {
                    logger.warning("old refused items stay for now", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    /// - Returns: how many items went.
    @discardableResult
    public func sweep() async throws -> Int {
        let end = try await clock.now().addingTimeInterval(-Double(retentionDays) * 86_400)
        var total = 0
        while true {
            let removed = try await RefusedItemStorage.remove(before: end, rows: Self.rowsAtOnce, pool: pool)
            total += removed
            if removed < Self.rowsAtOnce { return total }
        }
    }
}
