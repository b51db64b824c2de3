internal import CNNG
internal import Synchronization

/// One endpoint that a `ReplySocket` serves, with its watchdog.
public final class Listener: Sendable {
    /// Where peers reach it: the endpoint asked for, with the port found where port 0 was asked for.
    public let endpoint: Endpoint
    private let line: Line
    /// None over `inproc://`, which has no handshake to die in.
    private let watchdog: ListenerWatchdog?
    private let lock: Lock<EndpointLock?>

    /// The listener of NNG, which the watchdog may replace.
    private final class Line: Sendable {
        private let socket: Socket
        private let endpoint: Endpoint
        /// Handle: nil where listening again did not succeed; the next round of the watchdog tries again.
        private let state: Lock<(handle: nng_listener?, isStopped: Bool)>
        let replacements = Atomic<Int>(0)

        init(_ socket: Socket, _ endpoint: Endpoint, _ handle: nng_listener) {
            self.socket = socket
            self.endpoint = endpoint
            state = Lock((handle, false))
        }

        func replace() {
            state.withLock { state in
                guard !state.isStopped else { return }
                // Closes every connection that this listener accepted, and frees the path or port at once.
                if let handle = state.handle {
                    nng_listener_close(handle)
                    socket.census.forget(handle)
                }
                state.handle = try? Listener.start(endpoint, on: socket)
            }
            replacements.add(1, ordering: .relaxed)
        }

        /// Connections that the listener of the moment has taken.
        var arrivalCount: Int {
            state.withLock { state in state.handle.map { socket.census.arrivalCount(of: $0) } ?? 0 }
        }

        /// Waits for a replacement under way.
        func stop() {
            state.withLock { $0.isStopped = true }
        }
    }

    init(_ socket: Socket, _ wanted: Endpoint, _ watch: ListenerWatch) throws(NNGError) {
        lock = Lock(try EndpointLock.take(for: wanted))
        let handle = try Self.start(wanted, on: socket)
        endpoint = try Self.bound(wanted, handle)
        let line = Line(socket, endpoint, handle)
        self.line = line
        if case .inproc = endpoint.transport {
            watchdog = nil
        } else {
            watchdog = ListenerWatchdog(
                watch, endpoint, arrivalCount: { line.arrivalCount }, replace: { line.replace() })
        }
        watchdog?.start()
    }

    /// How often the watchdog had to listen again.
    public var replacementCount: Int { line.replacements.load(ordering: .relaxed) }

    /// From here on the listener is NNG's alone, and the socket can be closed. May wait shortly.
    func stopWatching() {
        watchdog?.stop()
        line.stop()
    }

    /// Lets another process listen; call once the socket is closed.
    func releaseLock() {
        lock.withLock { $0 = nil }
    }

    private static func start(_ endpoint: Endpoint, on socket: Socket) throws(NNGError) -> nng_listener {
        var listener = nng_listener()
        let url = endpoint.description
        try NNGError.check(nng_listener_create(&listener, socket.handle, url), "listening on \(url)")
        let result = nng_listener_start(listener, 0)
        if result != 0 { nng_listener_close(listener) }
        try NNGError.check(result, "listening on \(url)")
        return listener
    }

    private static func bound(_ endpoint: Endpoint, _ listener: nng_listener) throws(NNGError) -> Endpoint {
        guard case .tcp(let host, 0) = endpoint.transport else { return endpoint }
        var port: Int32 = 0
        let result = nng_listener_get_int(listener, NNG_OPT_TCP_BOUND_PORT, &port)
        if result != 0 { nng_listener_close(listener) }
        try NNGError.check(result, "reading the port of \(endpoint)")
        return Endpoint(.tcp(host: host, port: UInt16(truncatingIfNeeded: port)))
    }
}
