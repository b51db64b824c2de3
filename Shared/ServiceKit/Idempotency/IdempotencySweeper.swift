internal import Foundation
public import Logging
public import Postgres
public import ServiceLifecycle

/// Removes stored replies that are older than the retention, a few at a time.
public struct IdempotencySweeper: Service {
    private static let rowsAtOnce = 1_000
    private static let pause = Duration.seconds(600)

    private let store: IdempotencyStore
    private let pool: PostgresPool
    private let logger: Logger

    public init(schema: String, pool: PostgresPool, logger: Logger) {
        store = IdempotencyStore(schema: schema)
        self.pool = pool
        self.logger = logger
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await sweep()
                } catch {
                    logger.warning("old idempotency keys stay for now", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    /// - Returns: how many rows went.
    @discardableResult
    func sweep(now: Date = Date()) async throws -> Int {
        let end = now.addingTimeInterval(-TimeInterval(Idempotency.retention.components.seconds))
        var total = 0
        while true {
            let removed = try await store.remove(before: end, rows: Self.rowsAtOnce, pool: pool)
            total += removed
            if removed < Self.rowsAtOnce { return total }
        }
    }
}
