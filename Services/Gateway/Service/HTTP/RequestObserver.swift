internal import Logging
internal import Metrics
internal import RPC
internal import Synchronization

/// Counts and times requests, and logs those that failed within. Names routes, never paths: a path may hold a phone
/// number.
final class RequestObserver: Sendable {
    let log: Logger
    private let instruments = Mutex<[Key: Instruments]>([:])

    private struct Key: Hashable {
        let operation: String
        let method: String
        let status: Int
    }

    private struct Instruments: Sendable {
        let count: Counter
        let time: Metrics.Timer
    }

    private static let methods: Set<String> = ["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH"]

    init(log: Logger) {
        self.log = log
    }

    func record(
        operation: String, method: String, status: Int, user: String?, trace: TraceContext, duration: Duration
    ) {
        // A method is any word that the caller likes; only known ones become labels.
        let method = Self.methods.contains(method) ? method : "other"
        let found = instruments(Key(operation: operation, method: method, status: status))
        found.count.increment()
        found.time.recordNanoseconds(Int64(duration.seconds * 1e9))
        let level: Logger.Level = status >= 500 ? .warning : .debug
        log.log(
            level: level, "request",
            metadata: [
                "operation": "\(operation)", "method": "\(method)", "status": "\(status)", "user": "\(user ?? "-")",
                "milliseconds": "\(Int(duration.seconds * 1e3))", "trace_id": "\(trace.traceID)",
            ])
    }

    /// A call to a suite service failed. Its message is made for callers and holds no personal data.
    func failed(_ error: RPCError, operation: String, trace: TraceContext) {
        guard [.internalError, .unknown, .dataLoss, .unauthenticated, .unimplemented].contains(error.code) else {
            return
        }
        log.error(
            "A suite service failed",
            metadata: ["operation": "\(operation)", "error": "\(error)", "trace_id": "\(trace.traceID)"])
    }

    private func instruments(_ key: Key) -> Instruments {
        instruments.withLock { known in
            if let found = known[key] { return found }
            let labels = [("operation", key.operation), ("method", key.method), ("status", String(key.status))]
            let made = Instruments(
                count: Counter(label: "zhike_http_requests_total", dimensions: labels),
                time: Metrics.Timer(label: "zhike_http_request_seconds", dimensions: [labels[0]]))
            known[key] = made
            return made
        }
    }
}
