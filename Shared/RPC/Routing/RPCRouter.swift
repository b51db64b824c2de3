public import ProtobufC

/// The methods that a suite service serves, and for each the visible list of callers that may call it.
///
/// A method without a list is refused to everyone.
public struct RPCRouter: Sendable {
    /// Unpacks the body that stands at a place of the frame, runs the handler and packs its reply.
    typealias Serve = @Sendable (ReceivedCall, CallContext) async throws -> PackedReply
    /// Appends the reply to a frame. What it leaves behind where it throws does not count.
    typealias ServeInline = @Sendable (ReceivedCall, CallContext, inout [UInt8]) throws -> Void

    enum Handler: Sendable {
        /// On Swift's global executor.
        case waiting(Serve)
        /// On the thread that received the call.
        case inline(ServeInline)
    }

    struct Route: Sendable {
        let description: RPCMethodDescription
        let handler: Handler
    }

    private(set) var routes: [String: Route] = [:]
    private(set) var callers: [String: Set<String>] = [:]
    var observation: CallObservation?

    /// Stand around every handler, the first outermost.
    public var interceptors: [any RPCServerInterceptor] = []

    public init() {}

    /// Serves a method on Swift's global executor, where the handler may wait for a database or another service. A
    /// second handler for the same method replaces the first.
    public mutating func handle<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ method: RPCMethod<Request, Reply>,
        _ body: @escaping @Sendable (Request, CallContext) async throws -> Reply
    ) {
        let serve: Serve = { call, context in
            let request: Request = try call.request()
            return try call.start.packed(try await body(request, context))
        }
        routes[method.name] = Route(description: method.description, handler: .waiting(serve))
    }

    /// Serves a method at once, on the thread that received the call, which saves two changes of thread: for short
    /// handlers that answer from memory. The thread belongs to the transport, so the handler must not block.
    public mutating func handleInline<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ method: RPCMethod<Request, Reply>, _ body: @escaping @Sendable (Request, CallContext) throws -> Reply
    ) {
        let serve: ServeInline = { call, context, frame in
            let request: Request = try call.request()
            try call.start.append(try body(request, context), to: &frame)
        }
        routes[method.name] = Route(description: method.description, handler: .inline(serve))
    }

    /// Adds callers (names of suite services) to those that may call a method.
    public mutating func allow(_ methodName: String, callers names: Set<String>) {
        callers[methodName, default: []].formUnion(names)
    }

    /// Adds callers to those that may call each of these methods.
    public mutating func allow(_ methods: [RPCMethodDescription], callers names: Set<String>) {
        for method in methods {
            allow(method.name, callers: names)
        }
    }

    /// Every method served, in the order of its name.
    public var methods: [RPCMethodDescription] {
        routes.values.map(\.description).sorted { $0.name < $1.name }
    }

    /// Who may call a method; empty for a method that nobody may call.
    public func allowedCallers(of methodName: String) -> Set<String> {
        callers[methodName] ?? []
    }

    /// Refuses a list of callers that names a method which is not served, and a method which nobody may call: either is
    /// a slip of the pen that would show only at the first call.
    public func validate() throws(RuntimeError) {
        for name in callers.keys.sorted() where routes[name] == nil {
            throw RuntimeError(
                .configurationInvalid, "Callers are listed for \(name), but no handler serves it: check the name.")
        }
        for name in routes.keys.sorted() where allowedCallers(of: name).isEmpty {
            throw RuntimeError(
                .configurationInvalid, "Nobody may call \(name): list its callers with allow(_:callers:).")
        }
    }
}
