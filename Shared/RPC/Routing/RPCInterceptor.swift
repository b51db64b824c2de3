/// Stands around every handler of a router, for rules that hold for all methods.
///
/// The first interceptor of the router is the outermost. It sees the packed reply, never a typed message, and writes
/// no personal data anywhere.
public protocol RPCServerInterceptor: Sendable {
    func intercept(
        _ context: CallContext, _ next: @Sendable (CallContext) async throws -> PackedReply
    ) async throws -> PackedReply
}

/// A call that is about to leave.
public struct OutgoingCall: Sendable {
    public let method: RPCMethodDescription
    public var options: CallOptions

    public init(method: RPCMethodDescription, options: CallOptions) {
        self.method = method
        self.options = options
    }
}

/// Stands around every call of a channel, retries included.
public protocol RPCClientInterceptor: Sendable {
    func intercept(
        _ call: OutgoingCall, _ next: @Sendable (OutgoingCall) async throws(RPCError) -> ReceivedReply
    ) async throws(RPCError) -> ReceivedReply
}
