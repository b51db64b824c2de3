internal import NNG
internal import RPC

/// What the failures of a socket mean to who called.
enum NNGFailures {
    static func tooManyCalls(to serviceName: String) -> RPCError {
        RPCError(
            .resourceExhausted, "This process has as many calls to \(serviceName) under way as it may.",
            retryAfterMilliseconds: 100, notExecuted: true)
    }

    static func rpcError(for error: NNGError, of serviceName: String, isUnsent: Bool) -> RPCError {
        switch error.code {
        case .timedOut where isUnsent:
            return RPCError(
                .unavailable, "\(serviceName) could not be reached before the deadline: see that it runs.",
                notExecuted: true)
        case .timedOut:
            return RPCError(.deadlineExceeded, "\(serviceName) did not answer before the deadline.")
        case .canceled:
            return RPCError(.cancelled, "The caller gave up.", notExecuted: isUnsent)
        case .connectionReset:
            return RPCError(.unavailable, "The connection to \(serviceName) was lost.", notExecuted: isUnsent)
        case .tooManyCalls:
            return tooManyCalls(to: serviceName)
        case .closed:
            return RPCError(.unavailable, "The channel to \(serviceName) is closed.", notExecuted: isUnsent)
        default:
            // INTERNAL, because no other state of a socket is expected: its own words say which.
            return RPCError(.internalError, "\(serviceName) cannot be called: \(error).", notExecuted: isUnsent)
        }
    }
}
