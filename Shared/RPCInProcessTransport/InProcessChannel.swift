public import RPC

/// A channel to a router in the same process, for tests and for tools that run a suite service inside themselves.
public struct InProcessChannel: RPCChannelCaller {
    public let channel: RPCChannel
    /// The serving side, to drain it.
    public let dispatcher: RPCDispatcher

    /// Serves `router` to one caller, with a key made for the occasion.
    /// - Parameter caller: the suite service that the calls come from, as the router's lists of callers name it.
    public init(
        router: RPCRouter, caller: String, configuration: RPCServerConfiguration = RPCServerConfiguration(),
        interceptors: [any RPCClientInterceptor] = []
    ) throws(RuntimeError) {
        let key = try ServiceKey.random(id: "in-process-\(caller)", service: caller)
        let dispatcher = try RPCDispatcher(router: router, keys: KeyRing([key]), configuration: configuration)
        self.init(dispatcher: dispatcher, key: key, interceptors: interceptors)
    }

    /// Calls a dispatcher that knows the key already.
    public init(dispatcher: RPCDispatcher, key: ServiceKey, interceptors: [any RPCClientInterceptor] = []) {
        self.dispatcher = dispatcher
        channel = RPCChannel(transport: InProcessTransport(dispatcher), key: key, interceptors: interceptors)
    }
}
