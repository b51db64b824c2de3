public import Postgres
public import RPC

extension PostgresError: RPCErrorConvertible {
    /// What a database error means to the caller of a method. The sentences name no table, statement or value.
    public var rpcError: RPCError {
        // Every connection was busy, and the call may have much time left.
        if code == .acquireTimedOut {
            return RPCError(
                .unavailable, "The database is very busy: try again.", retryAfterMilliseconds: 500)
        }
        if isTimeout {
            return RPCError(.deadlineExceeded, "The database did not answer within the deadline: try again later.")
        }
        if isCommitUnknown {
            return RPCError(
                .unavailable, "It is not known whether the change was made: repeat it with the same idempotency key.",
                retryAfterMilliseconds: 1_000)
        }
        if isDiskFull {
            return RPCError(
                .unavailable, "The database has no space left: nothing was changed.", retryAfterMilliseconds: 30_000)
        }
        if isConnectionLost || isResourceShortage {
            return RPCError(
                .unavailable, "The database cannot be reached at the moment: try again.",
                retryAfterMilliseconds: 1_000)
        }
        if isRetryableConflict {
            return RPCError(.aborted, "Another change got in the way: repeat the call.", retryAfterMilliseconds: 50)
        }
        // A refusal that the service did not expect is its own mistake.
        return RPCError(.internalError, "The service failed; its log says more.")
    }

    public var logDescription: String? { description }
}
