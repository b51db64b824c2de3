public import Logging

/// Writes one line for each call that failed, and at debug level for each that did not: method, caller, request id,
/// trace id, status. Never the request, the reply, the user or the message of an error.
public struct ServerLogInterceptor: RPCServerInterceptor {
    private let logger: Logger

    public init(logger: Logger) {
        self.logger = logger
    }

    public func intercept(
        _ context: CallContext, _ next: @Sendable (CallContext) async throws -> PackedReply
    ) async throws -> PackedReply {
        do {
            let reply = try await next(context)
            if logger.logLevel <= .debug { log(.debug, context, .ok) }
            return reply
        } catch {
            let code = FailureTranslation.code(of: error)
            log(Self.level(of: code), context, code)
            throw error
        }
    }

    private func log(_ level: Logger.Level, _ context: CallContext, _ code: RPCError.Code) {
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
        case .internalError, .dataLoss, .unknown: .error
        case .unavailable, .deadlineExceeded, .resourceExhausted: .warning
        default: .info
        }
    }
}
