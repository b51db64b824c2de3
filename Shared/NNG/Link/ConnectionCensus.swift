internal import CNNG
internal import Synchronization

/// Counts the connections ("pipes") of one socket and closes those above the limit before they can send.
///
/// NNG calls in on its own threads and forbids touching the socket there, so this only counts.
final class ConnectionCensus: Sendable {
    /// Connections that NNG freed in this process, on its one thread for it.
    static var freedCount: Int { freed.load(ordering: .relaxed) }
    private static let freed = Atomic<Int>(0)

    /// Connections that are up.
    private let open = Atomic<Int>(0)
    /// Connections that ever got through a handshake, those above the limit included: proof that accepting works.
    private let arrivals = Atomic<Int>(0)
    /// The same by the listener that took them, by its number: each has a watchdog of its own.
    private let arrivalsByListener = Lock<[UInt32: Int]>([:])
    /// Connections refused for the limit.
    private let refusals = Atomic<Int>(0)
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    var openCount: Int { open.load(ordering: .acquiring) }
    var arrivalCount: Int { arrivals.load(ordering: .acquiring) }
    func arrivalCount(of listener: nng_listener) -> Int { arrivalsByListener.withLock { $0[listener.id] ?? 0 } }
    /// Call it when a listener is closed.
    func forget(_ listener: nng_listener) { arrivalsByListener.withLock { $0[listener.id] = nil } }
    var refusalCount: Int { refusals.load(ordering: .relaxed) }

    /// NNG keeps the census until `release(afterClosing:)`; only one census can be attached to a socket.
    func attach(to socket: nng_socket) throws(NNGError) {
        let argument = Unmanaged.passRetained(self).toOpaque()
        let result = [NNG_PIPE_EV_ADD_PRE, NNG_PIPE_EV_REM_POST].lazy
            .map { nng_pipe_notify(socket, $0, Self.observe, argument) }
            .first { $0 != 0 }
        if let result { try NNGError.check(result) }
    }

    /// Call once, after `nng_close` came back: no callback can run then.
    func releaseAfterClosing() {
        Unmanaged.passUnretained(self).release()
    }

    private static let observe: @convention(c) (nng_pipe, nng_pipe_ev, UnsafeMutableRawPointer?) -> Void = {
        pipe, event, argument in
        guard let argument else { return }
        let census = Unmanaged<ConnectionCensus>.fromOpaque(argument).takeUnretainedValue()
        if event == NNG_PIPE_EV_ADD_PRE {
            census.arrivals.add(1, ordering: .releasing)
            let listener = nng_pipe_listener(pipe)
            // A connection that was dialed has none.
            if nng_listener_id(listener) > 0 {
                census.arrivalsByListener.withLock { $0[listener.id, default: 0] += 1 }
            }
            if census.open.add(1, ordering: .acquiringAndReleasing).newValue > census.limit {
                census.refusals.add(1, ordering: .relaxed)
                nng_pipe_close(pipe)
            }
        } else {
            census.open.subtract(1, ordering: .releasing)
            freed.add(1, ordering: .relaxed)
        }
    }
}
