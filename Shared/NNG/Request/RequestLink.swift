internal import CNNG
internal import Dispatch
internal import Synchronization

/// The REQ socket and dialer behind a `RequestSocket`, which the watchdog may replace while calls go on.
final class RequestLink: Sendable {
    let endpoint: Endpoint
    /// Counts the sockets; a context of an earlier one is opened again before its next call.
    let generation = Atomic<Int>(0)
    /// An answer of any kind came in since somebody last looked.
    private let heard = Atomic<Bool>(false)
    private let timeoutsInARow = Atomic<Int>(0)
    private let limits: SocketLimits
    private let closingQueue = DispatchQueue(label: "zhike.nng.closing")
    /// Taken on threads of NNG, too; so never while waiting for those.
    private let line: Lock<Line>
    /// Held while dialers and sockets come and go, so that they do so one after another.
    private let maintenance = Lock(())

    private struct Line: ~Copyable {
        var socket: Socket
        var dialer: nng_dialer
        var seats = ContextSeats()
        var isClosed = false
    }

    init(dialing endpoint: Endpoint, limits: SocketLimits) throws(NNGError) {
        self.endpoint = endpoint
        self.limits = limits
        let (socket, dialer) = try Self.connect(endpoint, limits)
        line = Lock(Line(socket: socket, dialer: dialer))
    }

    private static func connect(
        _ endpoint: Endpoint, _ limits: SocketLimits
    ) throws(NNGError) -> (socket: Socket, dialer: nng_dialer) {
        let socket = try Socket.openRequest(limits)
        do throws(NNGError) {
            return (socket, try dial(endpoint, on: socket))
        } catch {
            socket.closeAndWait()
            throw error
        }
    }

    private static func dial(_ endpoint: Endpoint, on socket: Socket) throws(NNGError) -> nng_dialer {
        var dialer = nng_dialer()
        let url = endpoint.description
        try NNGError.check(nng_dialer_create(&dialer, socket.handle, url), "dialing \(url)")
        let result = nng_dialer_start(dialer, Int32(NNG_FLAG_NONBLOCK))
        if result != 0 { nng_dialer_close(dialer) }
        try NNGError.check(result, "dialing \(url)")
        return dialer
    }

    // MARK: - Calls

    func openContext() throws(NNGError) -> (seat: ContextSeat, generation: Int) {
        let opened = line.withLock { line -> Result<(ContextSeat, Int), NNGError> in
            guard !line.isClosed else { return .failure(NNGError(.closed)) }
            do throws(NNGError) {
                return .success((try line.seats.open(on: line.socket), generation.load(ordering: .relaxed)))
            } catch {
                return .failure(error)
            }
        }
        return try opened.get()
    }

    func closeContext(_ seat: ContextSeat) {
        line.withLock { $0.seats.close(seat) }
    }

    func noteAnswer() {
        // Read first: nearly always nothing changes, and the line of memory stays shared between NNG's threads.
        if !heard.load(ordering: .relaxed) { heard.store(true, ordering: .relaxed) }
        if timeoutsInARow.load(ordering: .relaxed) != 0 { timeoutsInARow.store(0, ordering: .relaxed) }
    }

    func noteTimeout() {
        timeoutsInARow.add(1, ordering: .relaxed)
    }

    // MARK: - Watching

    /// Connections through which calls can go: 0 or 1, shortly more while one replaces another.
    var connectionCount: Int { line.withLock { $0.socket.census.openCount } }
    /// Connections ever made by the present socket.
    var arrivalCount: Int { line.withLock { $0.socket.census.arrivalCount } }
    var timeoutCountInARow: Int { timeoutsInARow.load(ordering: .relaxed) }
    var isClosed: Bool { line.withLock { $0.isClosed } }

    /// Whether anything was heard since the last time this was asked.
    func takeHeard() -> Bool { heard.exchange(false, ordering: .relaxed) }

    /// Closes the connection and dials anew on the same socket: calls under way end with `connectionReset`, calls that
    /// wait for a connection go on waiting. Blocks.
    func redial() throws(NNGError) {
        timeoutsInARow.store(0, ordering: .relaxed)
        let result = maintenance.withLock { _ -> Result<Void, NNGError> in
            let (socket, dialer, isClosed) = line.withLock { ($0.socket, $0.dialer, $0.isClosed) }
            guard !isClosed else { return .success(()) }
            nng_dialer_close(dialer)
            do throws(NNGError) {
                let dialer = try Self.dial(endpoint, on: socket)
                line.withLock { $0.dialer = dialer }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Replaces the socket: calls under way end with `connectionReset`, calls that wait to be sent move to the new one.
    /// The old one is closed in the background: should NNG hang there, the new one serves all the same.
    func reopen() throws(NNGError) {
        timeoutsInARow.store(0, ordering: .relaxed)
        let (socket, dialer) = try Self.connect(endpoint, limits)
        let old = maintenance.withLock { _ in
            line.withLock { line -> Socket in
                guard !line.isClosed else { return socket }
                let old = line.socket
                line.seats.leaveAll()
                (line.socket, line.dialer) = (socket, dialer)
                generation.add(1, ordering: .releasing)
                return old
            }
        }
        closingQueue.async { old.closeAndWait() }
    }

    /// Ends every call with `closed`. Blocks; safe to call again.
    func closeAndWait() {
        maintenance.withLock { _ in
            let socket = line.withLock { line -> Socket? in
                guard !line.isClosed else { return nil }
                line.isClosed = true
                line.seats.leaveAll()
                return line.socket
            }
            socket?.closeAndWait()
        }
    }
}
