internal import Logging

/// Turns whatever a handler threw into the status that goes out.
struct FailureTranslation: Sendable {
    let logger: Logger

    func rpcError(for error: any Error, _ context: CallContext) -> RPCError {
        switch error {
        case let error as any RPCErrorConvertible:
            var translated = error.rpcError
            // OK with no reply cannot be said on the wire.
            if translated.code == .ok { translated.code = .unknown }
            if translated.code == .internalError {
                log("A handler failed within", error.logDescription ?? Self.blandDescription(of: error), context)
            }
            return translated
        case is CancellationError:
            guard CallInstant.now < context.expiry else {
                return RPCError(.deadlineExceeded, "The deadline of the call passed while it was being served.")
            }
            return RPCError(.cancelled, "The call was given up while it was being served.")
        default:
            // INTERNAL, because nobody said what this error means to a caller. The log names it; the reply does not.
            log("A handler failed in a way that it does not explain", Self.blandDescription(of: error), context)
            return RPCError(
                .internalError, "The service failed; its log says more under request id \(context.requestID).")
        }
    }

    private func log(_ message: Logger.Message, _ error: String, _ context: CallContext) {
        logger.error(
            message,
            metadata: [
                "method": "\(context.method)", "request_id": "\(context.requestID)",
                "trace_id": "\(context.trace.traceID)", "error": "\(error)",
            ])
    }

    /// The status that an error will leave with.
    static func code(of error: any Error) -> RPCError.Code {
        switch error {
        case let error as any RPCErrorConvertible: error.rpcError.code
        case is CancellationError: .cancelled
        default: .internalError
        }
    }

    /// Type and case of an error without the values in it, which may be personal data.
    static func blandDescription(of error: any Error) -> String {
        let type = String(reflecting: type(of: error))
        let mirror = Mirror(reflecting: error)
        guard mirror.displayStyle == .enum else { return type }
        return "\(type).\(mirror.children.first?.label ?? String(describing: error))"
    }
}
