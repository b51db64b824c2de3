internal import CNNG
internal import Synchronization

/// A context of NNG, and whether it may still be used.
///
/// NNG frees a socket while a context of it that another thread uses or closes is still being taken apart, and crashes.
/// So whoever closes a socket first takes the seats of its contexts away: then nobody is inside, and nobody comes in.
final class ContextSeat: Sendable {
    private let state: Lock<State>

    private struct State {
        let context: nng_ctx
        var isOpen = true
    }

    init(_ socket: Socket) throws(NNGError) {
        var context = nng_ctx()
        try NNGError.check(nng_ctx_open(&context, socket.handle), "opening a context")
        state = Lock(State(context: context))
    }

    /// False, without a call of `body`, where the socket is being closed.
    func use(_ body: (nng_ctx) -> Void) -> Bool {
        state.withLock { state in
            guard state.isOpen else { return false }
            body(state.context)
            return true
        }
    }

    /// Closes the context, its socket staying open. Does not wait.
    func close() {
        state.withLock { state in
            guard state.isOpen else { return }
            state.isOpen = false
            nng_ctx_close(state.context)
        }
    }

    /// Leaves the context to `nng_close`, which ends what is in flight.
    func leave() {
        state.withLock { $0.isOpen = false }
    }
}

/// The seats of one socket.
struct ContextSeats: ~Copyable {
    private var seats: [ObjectIdentifier: ContextSeat] = [:]

    mutating func open(on socket: Socket) throws(NNGError) -> ContextSeat {
        let seat = try ContextSeat(socket)
        seats[ObjectIdentifier(seat)] = seat
        return seat
    }

    mutating func close(_ seat: ContextSeat) {
        // One of an earlier socket was left to that socket's end.
        guard seats.removeValue(forKey: ObjectIdentifier(seat)) != nil else { return }
        seat.close()
    }

    /// Before `nng_close`.
    mutating func leaveAll() {
        for seat in seats.values { seat.leave() }
        seats.removeAll()
    }
}
