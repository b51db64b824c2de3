public import EventLog
public import RPC

extension EventLogError: RPCErrorConvertible {
    /// What an error of a log means to the caller of a method: only waiting for what was written is the caller's own affair.
    public var rpcError: RPCError {
        switch code {
        case .notAppliedInTime:
            RPCError(.deadlineExceeded, "The position was not applied before the deadline: ask again.")
        case .fenced:
            RPCError(.aborted, "Another replica took over at this moment: repeat the call.")
        default:
            RPCError(.internalError, "The service failed; its log says more.")
        }
    }

    public var logDescription: String? { description }
}
