/// A route as the dispatcher runs it: callers and interceptors are already built in.
struct ServedRoute: Sendable {
    let description: RPCMethodDescription
    let placement: RPCRouter.HandlerPlacement
    let callers: Set<String>
    let serve: RPCRouter.Serve
}

extension RPCRouter {
    /// All routes by name, each wrapped once in the interceptors.
    func served() -> [String: ServedRoute] {
        routes.mapValues { route in
            ServedRoute(
                description: route.description, placement: route.placement,
                callers: allowedCallers(of: route.description.name), serve: intercepted(route.serve))
        }
    }

    private func intercepted(_ serve: @escaping Serve) -> Serve {
        interceptors.reversed().reduce(serve) { inner, interceptor in
            { frame, body, context, start in
                try await interceptor.intercept(context) { context in
                    try await inner(frame, body, context, start)
                }
            }
        }
    }
}
