internal import CNNG
internal import Dispatch
internal import Synchronization

/// The REP socket behind a `ReplySocket`, as its contexts and listeners see it.
final class ReplyLink: Sendable {
    let socket: Socket
    let replyTimeoutMilliseconds: Int32
    /// No new request is taken any more; those taken are still replied to.
    let isStopping = Atomic<Bool>(false)
    /// Requests received and not replied to yet.
    let requestsInService = Atomic<Int>(0)
    /// Where replies are waited for that did not leave at once.
    let waitingQueue = DispatchQueue(label: "zhike.nng.replying")
    private let line = Lock(Line())

    private struct Line: ~Copyable {
        var seats = ContextSeats()
        var isClosed = false
    }

    init(limits: SocketLimits, replyTimeout: Duration) throws(NNGError) {
        socket = try Socket.openReply(limits)
        replyTimeoutMilliseconds = Int32(clamping: replyTimeout.wholeMilliseconds)
    }

    func openContext() throws(NNGError) -> ContextSeat {
        let opened = line.withLock { line -> Result<ContextSeat, NNGError> in
            guard !line.isClosed else { return .failure(NNGError(.closed)) }
            do throws(NNGError) {
                return .success(try line.seats.open(on: socket))
            } catch {
                return .failure(error)
            }
        }
        return try opened.get()
    }

    func closeContext(_ seat: ContextSeat) {
        line.withLock { $0.seats.close(seat) }
    }

    /// Ends every operation with `closed`. Blocks; safe to call again, after the listeners were stopped.
    func closeAndWait() {
        isStopping.store(true, ordering: .relaxed)
        let wasOpen = line.withLock { line -> Bool in
            guard !line.isClosed else { return false }
            line.isClosed = true
            line.seats.leaveAll()
            return true
        }
        if wasOpen { socket.closeAndWait() }
    }
}
