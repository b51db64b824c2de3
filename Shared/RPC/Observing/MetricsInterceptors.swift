/// Measures each call served: timer `rpc_server_seconds` with method and status, through swift-metrics.
public struct ServerMetricsInterceptor: RPCServerInterceptor {
    private let timers = CallTimers(label: "rpc_server_seconds")

    public init() {}

    public func intercept(
        _ context: CallContext, _ next: @Sendable (CallContext) async throws -> PackedReply
    ) async throws -> PackedReply {
        let start = ContinuousClock.now
        do {
            let reply = try await next(context)
            timers.record(context.method, .ok, since: start)
            return reply
        } catch {
            timers.record(context.method, FailureTranslation.code(of: error), since: start)
            throw error
        }
    }
}

/// Measures each call made, retries included: timer `rpc_client_seconds` with method and status, through swift-metrics.
public struct ClientMetricsInterceptor: RPCClientInterceptor {
    private let timers = CallTimers(label: "rpc_client_seconds")

    public init() {}

    public func intercept(
        _ call: OutgoingCall, _ next: @Sendable (OutgoingCall) async throws(RPCError) -> ReceivedReply
    ) async throws(RPCError) -> ReceivedReply {
        let start = ContinuousClock.now
        do throws(RPCError) {
            let reply = try await next(call)
            timers.record(call.method.name, .ok, since: start)
            return reply
        } catch {
            timers.record(call.method.name, error.code, since: start)
            throw error
        }
    }
}
