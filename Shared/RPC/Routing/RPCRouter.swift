public import ProtobufC

/// The methods that a suite service serves, and for each the visible list of callers that may call it.
///
/// A method without a list is refused to everyone.
public struct RPCRouter: Sendable {
    /// Where a handler runs.
    public enum HandlerPlacement: Sendable, Hashable {
        /// On Swift's global executor: for handlers that wait for a database or for another service.
        case global
        /// On the thread that received the call: for short handlers that never block.
        case inline
    }

    /// Unpacks the body that stands at a place of the frame, runs the handler and packs its reply.
    typealias Serve =
        @Sendable (_ frame: [UInt8], _ body: Range<Int>, _ context: CallContext, _ start: ReplyStart) async throws ->
        PackedReply

    struct Route: Sendable {
        let description: RPCMethodDescription
        var placement: HandlerPlacement
        let serve: Serve
    }

    private(set) var routes: [String: Route] = [:]
    private(set) var callers: [String: Set<String>] = [:]

    /// Stand around every handler, the first outermost.
    public var interceptors: [any RPCServerInterceptor] = []

    public init() {}

    /// Serves a method. A second handler for the same method replaces the first.
    public mutating func handle<Request: ProtobufMessage, Reply: ProtobufMessage>(
        _ method: RPCMethod<Request, Reply>, placement: HandlerPlacement = .global,
        _ body: @escaping @Sendable (Request, CallContext) async throws -> Reply
    ) {
        routes[method.name] = Route(description: method.description, placement: placement) {
            frame, range, context, start in
            let request: Request
            do throws(ProtobufError) {
                request = try Request(
                    unpacking: frame.span.bytes.extracting(range), memoryLimit: RPCLimits.unpackedBytes)
            } catch {
                throw RPCError(
                    .invalidArgument, "The request cannot be read: \(error.message).", field: error.field,
                    notExecuted: true)
            }
            let reply = try await body(request, context)
            do throws(ProtobufError) {
                return try start.reply(reply)
            } catch {
                throw RPCError(.internalError, "The reply cannot be sent: \(error.message).")
            }
        }
    }

    /// Moves a handler that is registered already, such as one that came from a generated `register`.
    public mutating func place(_ methodName: String, _ placement: HandlerPlacement) {
        routes[methodName]?.placement = placement
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
