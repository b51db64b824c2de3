public import RPC
public import ServiceLifecycle

/// What a suite service is made of, as its `build…` function returns it.
public struct ServiceParts: Sendable {
    /// The methods it serves over RPC; nil for one that serves none.
    public var router: RPCRouter?
    /// Consumers, jobs and servers of its own: started after the database, stopped before it.
    public var services: [any Service]

    public init(router: RPCRouter? = nil, services: [any Service] = []) {
        self.router = router
        self.services = services
    }
}
