internal import Metrics
internal import Synchronization

/// One timer for each method and status that occurred.
final class CallTimers: Sendable {
    private struct Key: Hashable {
        let method: String
        let code: RPCError.Code
    }

    private let label: String
    private let timers = Mutex<[Key: Metrics.Timer]>([:])

    init(label: String) {
        self.label = label
    }

    func record(_ method: String, _ code: RPCError.Code, since start: ContinuousClock.Instant) {
        let key = Key(method: method, code: code)
        let timer = timers.withLock { timers in
            if let timer = timers[key] { return timer }
            let timer = Metrics.Timer(label: label, dimensions: [("method", method), ("status", code.name)])
            timers[key] = timer
            return timer
        }
        timer.recordNanoseconds(start.duration(to: .now).microseconds * 1_000)
    }
}
