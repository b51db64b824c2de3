internal import Logging

/// Writes one line for each call that failed, and at debug level for each that did not: method, caller, request id,
/// trace id, status. Never the request, the reply, the user or the message of an error.
struct CallLog: Sendable {
    private let logger: Logger
    /// Asked once: every call would copy the logger's handler to ask it.
    private let leastLevel: Logger.Level

    init(logger: Logger) {
        self.logger = logger
        leastLevel = logger.logLevel
    }

    func write(_ context: CallContext, _ code: RPCError.Code) {
        let level = Self.level(of: code)
        guard leastLevel <= level else { return }
        logger.log(
            level: level, "Call ended",
            metadata: [
                "method": "\(context.method)", "caller": "\(context.caller)", "request_id": "\(context.requestID)",
                "trace_id": "\(context.trace.traceID)", "status": "\(code.name)",
            ])
    }

    /// What the service is to blame for stands out; what the caller did wrong is information.
    private static func level(of code: RPCError.Code) -> Logger.Level {
        switch code {
        case .ok: .debug
        case .internalError, .dataLoss, .unknown: .error
        case .unavailable, .deadlineExceeded, .resourceExhausted: .warning
        default: .info
        }
    }
}
