public import Logging
public import ServiceLifecycle

/// Removes what is older than its retention, a few rows at a time, for as long as the process runs.
public struct Sweeper: Service {
    private static let rowsAtOnce = 1_000
    private static let pause = Duration.seconds(600)

    private let what: String
    private let logger: Logger
    private let remove: @Sendable (_ rows: Int) async throws -> Int

    /// - Parameters:
    ///   - what: is removed, in words for the log.
    ///   - remove: at most so many rows, the oldest; answers how many went.
    public init(_ what: String, logger: Logger, remove: @escaping @Sendable (_ rows: Int) async throws -> Int) {
        self.what = what
        self.logger = logger
        self.remove = remove
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await sweep()
                } catch {
                    logger.warning("\(what) stay for now", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    /// - Returns: how many rows went.
    @discardableResult
    public func sweep() async throws -> Int {
        var total = 0
        while true {
            let removed = try await remove(Self.rowsAtOnce)
            total += removed
            if removed < Self.rowsAtOnce { return total }
        }
    }
}
