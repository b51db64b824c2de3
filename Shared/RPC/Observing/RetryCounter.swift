internal import Metrics

/// Counts repeated attempts by method.
struct RetryCounter: Sendable {
    /// Repeating is rare, so the counter is looked up each time.
    func count(_ method: String) {
        Counter(label: "rpc_client_retries_total", dimensions: [("method", method)]).increment()
    }
}
