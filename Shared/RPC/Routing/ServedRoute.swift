/// A route as the dispatcher runs it: callers, interceptors and timers are looked up once.
final class ServedRoute: Sendable {
    let description: RPCMethodDescription
    let nameBytes: [UInt8]
    let callers: Set<String>
    let handler: RPCRouter.Handler
    let observation: CallObservation?
    let timers: MethodTimers?
    /// A read whose handler waits for nothing: its calls may travel in bundles.
    let isFromMemory: Bool

    init(_ route: RPCRouter.Route, in router: RPCRouter) {
        description = route.description
        nameBytes = Array(route.description.name.utf8)
        callers = router.allowedCallers(of: route.description.name)
        handler = router.intercepted(route.handler)
        if case .inline = handler, route.description.kind == .read {
            isFromMemory = true
        } else {
            isFromMemory = false
        }
        observation = router.observation
        timers = router.observation.map { _ in
            MethodTimers(label: "rpc_server_seconds", method: route.description.name)
        }
    }
}

extension RPCRouter {
    /// The handler within the interceptors, which may wait: then it is no longer inline.
    fileprivate func intercepted(_ handler: Handler) -> Handler {
        guard !interceptors.isEmpty else { return handler }
        let innermost: Serve =
            switch handler {
            case .waiting(let serve): serve
            case .inline(let serve):
                { call, context in
                    var frame = ReplyStart.emptyFrame()
                    try serve(call, context, &frame)
                    return PackedReply(frame: frame)
                }
            }
        let outermost = interceptors.reversed().reduce(innermost) { inner, interceptor in
            { call, context in
                try await interceptor.intercept(context) { context in try await inner(call, context) }
            }
        }
        return .waiting(outermost)
    }
}
