public import Logging

extension RPCRouter {
    /// Adds the interceptors that every suite service has, outside of its own: trace, then log, then metrics.
    public mutating func observeCalls(logger: Logger) {
        let observers: [any RPCServerInterceptor] = [
            ServerTraceInterceptor(), ServerLogInterceptor(logger: logger), ServerMetricsInterceptor(),
        ]
        interceptors.insert(contentsOf: observers, at: 0)
    }
}
