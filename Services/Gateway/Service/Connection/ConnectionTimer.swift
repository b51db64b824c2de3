internal import NIOCore

/// Closes a connection unless it is stopped in time. A part of a handler, on its event loop.
struct ConnectionTimer {
    private var limit: TimeAmount
    private var scheduled: Scheduled<Void>?

    init(milliseconds: Int) {
        limit = .milliseconds(Int64(milliseconds))
    }

    /// One that runs goes on.
    mutating func start(_ context: ChannelHandlerContext) {
        guard scheduled == nil else { return }
        let channel = context.channel
        scheduled = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }

    mutating func stop() {
        scheduled?.cancel()
        scheduled = nil
    }

    /// From now on within the patience of a stop. One that runs begins anew.
    mutating func shorten(_ context: ChannelHandlerContext) {
        limit = min(limit, ConnectionStop.patience)
        guard scheduled != nil else { return }
        stop()
        start(context)
    }
}
