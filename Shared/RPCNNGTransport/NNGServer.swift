public import Logging
internal import NNG
public import RPC
public import ServiceLifecycle
internal import Synchronization

/// Serves a router over NNG on one or more endpoints, until the service is told to stop.
///
/// Stopping gracefully: new calls get UNAVAILABLE, running ones may end within `drainTimeout`, then sockets close, a moment
/// after the last reply was handed over.
public final class NNGServer: Service {
    let dispatcher: RPCDispatcher
    let configuration: NNGServerConfiguration
    let logger: Logger
    private let endpoints: [Endpoint]
    private let state = Mutex(State())

    private struct State {
        var socket: ReplySocket?
        var listeners: [Listener] = []
        var boundEndpoints: [String] = []
        var isRunning = false
    }

    /// - Parameters:
    ///   - endpoints: where to listen: `ipc://`, `tcp://` (port 0 takes a free one) or `inproc://`.
    ///   - keys: the keys of the suite services that may call.
    public init(
        endpoints: [String], router: RPCRouter, keys: KeyRing,
        configuration: NNGServerConfiguration = NNGServerConfiguration(),
        logger: Logger = Logger(label: "zhike.rpc")
    ) throws(RuntimeError) {
        guard !endpoints.isEmpty else {
            throw RuntimeError(.configurationInvalid, "Give at least one endpoint to listen on.")
        }
        do {
            var parsed: [Endpoint] = []
            for endpoint in endpoints { parsed.append(try Endpoint(parsing: endpoint)) }
            self.endpoints = parsed
        } catch {
            throw RuntimeError(.configurationInvalid, "An endpoint cannot be listened on: \(error).")
        }
        dispatcher = try RPCDispatcher(
            router: router, keys: keys, configuration: configuration.calls, logger: logger)
        self.configuration = configuration
        self.logger = logger
    }

    /// Calls that run now.
    public var runningCallCount: Int { dispatcher.runningCount }

    /// How often a watchdog had to listen again, because a listener took no connection any more.
    public var listenerReplacementCount: Int {
        state.withLock { $0.listeners.reduce(0) { $0 + $1.replacementCount } }
    }

    /// Starts to listen, and gives the addresses, with the port where port 0 was asked for. Calls wait until `run()`;
    /// listening again changes nothing.
    @discardableResult
    public func listen() throws(RuntimeError) -> [String] {
        let result = state.withLock { state -> Result<[String], RuntimeError> in
            if state.socket != nil { return .success(state.boundEndpoints) }
            do throws(NNGError) {
                let socket = try ReplySocket()
                for endpoint in endpoints {
                    let listener = try socket.listen(on: endpoint)
                    state.listeners.append(listener)
                    state.boundEndpoints.append(listener.endpoint.description)
                }
                state.socket = socket
                return .success(state.boundEndpoints)
            } catch {
                state.listeners = []
                state.boundEndpoints = []
                return .failure(RuntimeError(.endpointUnavailable, "The service cannot listen: \(error)."))
            }
        }
        return try result.get()
    }

    /// Serves until the surrounding service group is told to stop, or the task is cancelled. Once.
    public func run() async throws {
        try listen()
        let socket = state.withLock { state -> ReplySocket? in
            guard !state.isRunning else { return nil }
            state.isRunning = true
            return state.socket
        }
        guard let socket else { throw RuntimeError(.alreadyRunning, "The server runs already, or ran before.") }
        let lanes = try openLanes(socket)
        await serve(lanes)
        await letRepliesLeave(socket)
        await socket.close()
        if let failure = lanes.endings.failure {
            throw RuntimeError(.internalError, "The server cannot receive calls any more: \(failure).")
        }
    }
}
