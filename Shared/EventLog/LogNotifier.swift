internal import Logging
public import Postgres
public import ServiceLifecycle

/// Wakes those who follow a log. Wake-ups are sent outside transactions and at most one in 5 ms, because NOTIFY makes
/// commits wait for one another.
public final class LogNotifier: Service, Sendable {
    static func channel(log: String) -> String { "zhike_log_\(log)" }
    private static let interval = Duration.milliseconds(5)

    private let pool: PostgresPool
    private let log: String
    private let signals: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    public init(pool: PostgresPool, log: String) {
        self.pool = pool
        self.log = log
        // One is enough: whoever is woken looks at everything.
        (signals, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Call it after a commit that appended to the log. Never waits.
    public func signal() {
        continuation.yield()
    }

    public func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() {
            do {
                try await pool.execute(WakeUpStorage.notify(Self.channel(log: log)))
            } catch {
                // Followers look once a second all the same.
                pool.logger.debug("A wake-up was not sent", metadata: ["log": "\(log)", "error": "\(error)"])
            }
            do { try await Task.sleep(for: Self.interval) } catch { return }
        }
    }
}
