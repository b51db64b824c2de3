public import RPC

/// Somebody wanted to approve what they made themselves.
public struct OwnWork: RPCErrorConvertible {
    /// How the audit log calls it.
    static let auditReason = "OWN_WORK"

    public var rpcError: RPCError {
        RPCError(
            .permissionDenied, "You made this yourself or changed it: another person has to approve it.",
            notExecuted: true)
    }
}
