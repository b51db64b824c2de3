internal import Metrics
internal import Synchronization

/// Counts calls that were refused before any handler saw them: counter `rpc_server_refusals_total` with the status,
/// through swift-metrics. A wrong signature, a replay or an overload shows here.
final class RefusalCounters: Sendable {
    private let counters = Mutex<[RPCError.Code: Counter]>([:])

    func count(_ code: RPCError.Code) {
        let counter = counters.withLock { counters in
            if let counter = counters[code] { return counter }
            let counter = Counter(label: "rpc_server_refusals_total", dimensions: [("status", code.name)])
            counters[code] = counter
            return counter
        }
        counter.increment()
    }
}
