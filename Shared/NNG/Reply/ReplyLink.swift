internal import CNNG
internal import Synchronization

/// The REP socket behind a `ReplySocket`, as its contexts and listeners see it.
final class ReplyLink: Sendable {
    let socket: Socket
    let replyTimeoutMilliseconds: Int32
    /// No new request is taken any more; those taken are still replied to.
    let isStopping = Atomic<Bool>(false)
    private let isClosed = Atomic<Bool>(false)

    init(limits: SocketLimits, replyTimeout: Duration) throws(NNGError) {
        socket = try Socket.openReply(limits)
        replyTimeoutMilliseconds = Int32(clamping: replyTimeout.wholeMilliseconds)
    }

    /// Blocks; safe to call again.
    func closeAndWait() {
        isStopping.store(true, ordering: .relaxed)
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        socket.closeAndWait()
    }
}
