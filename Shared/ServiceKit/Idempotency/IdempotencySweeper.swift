internal import Foundation
public import Logging
public import Postgres
public import ServiceLifecycle

/// Removes stored replies that are older than the retention.
public struct IdempotencySweeper: Service {
    private let sweeper: Sweeper

    public init(schema: String, pool: PostgresPool, logger: Logger) {
        self.init(schema: schema, pool: pool, logger: logger) { Date() }
    }

    init(schema: String, pool: PostgresPool, logger: Logger, now: @escaping @Sendable () -> Date) {
        let store = IdempotencyStore(schema: schema)
        sweeper = Sweeper("old idempotency keys", logger: logger) { rows in
            let end = now().addingTimeInterval(-TimeInterval(Idempotency.retention.components.seconds))
            return try await store.remove(before: end, rows: rows, pool: pool)
        }
    }

    public func run() async throws { try await sweeper.run() }

    /// - Returns: how many rows went.
    @discardableResult
    func sweep() async throws -> Int { try await sweeper.sweep() }
}
