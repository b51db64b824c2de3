internal import CNNG
internal import Synchronization

/// One endpoint that a `ReplySocket` serves.
public final class Listener: Sendable {
    /// Where peers reach it: the endpoint asked for, with the port found where port 0 was asked for.
    public let endpoint: Endpoint
    private let socket: Socket
    private let handle: Mutex<nng_listener>
    private let lock: Mutex<EndpointLock?>

    init(_ socket: Socket, _ endpoint: Endpoint, _ watch: ListenerWatch) throws(NNGError) {
        self.socket = socket
        lock = Mutex(try EndpointLock.take(for: endpoint))
        let started = try Self.start(endpoint, on: socket)
        handle = Mutex(started)
        self.endpoint = try Self.bound(endpoint, started)
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
        try NNGError.check(nng_listener_get_int(listener, NNG_OPT_TCP_BOUND_PORT, &port), "reading the port")
        return Endpoint(.tcp(host: host, port: UInt16(truncatingIfNeeded: port)))
    }

    func stopWatching() {}
    func releaseLock() { lock.withLock { $0 = nil } }
}
