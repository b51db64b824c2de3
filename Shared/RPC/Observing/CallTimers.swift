internal import Metrics
internal import Synchronization

/// The timers of one method, one for each status that occurred.
final class MethodTimers: Sendable {
    private let label: String
    private let method: String
    /// Made at once: nearly every call ends well, and its timer is then found without a lock.
    private let succeeded: Metrics.Timer
    private let others = Mutex<[RPCError.Code: Metrics.Timer]>([:])

    init(label: String, method: String) {
        self.label = label
        self.method = method
        succeeded = Self.timer(label, method, .ok)
    }

    private static func timer(_ label: String, _ method: String, _ code: RPCError.Code) -> Metrics.Timer {
        Metrics.Timer(label: label, dimensions: [("method", method), ("status", code.name)])
    }

    func record(_ code: RPCError.Code, _ duration: Duration) {
        let timer = code == .ok ? succeeded : other(code)
        timer.recordNanoseconds(duration.microseconds * 1_000)
    }

    private func other(_ code: RPCError.Code) -> Metrics.Timer {
        others.withLock { others in
            if let timer = others[code] { return timer }
            let timer = Self.timer(label, method, code)
            others[code] = timer
            return timer
        }
    }
}

/// Measures the calls of a channel: timer `rpc_client_seconds` with method and status, retries included, and counter
/// `rpc_client_retries_total`, through swift-metrics.
final class ClientMeasurements: Sendable {
    private let timers = Mutex<[String: MethodTimers]>([:])

    func record(_ method: String, _ code: RPCError.Code, _ duration: Duration) {
        let found = timers.withLock { timers in
            if let known = timers[method] { return known }
            let new = MethodTimers(label: "rpc_client_seconds", method: method)
            timers[method] = new
            return new
        }
        found.record(code, duration)
    }

    /// Repeating is rare, so the counter is looked up each time.
    func countRetry(_ method: String) {
        Counter(label: "rpc_client_retries_total", dimensions: [("method", method)]).increment()
    }
}
