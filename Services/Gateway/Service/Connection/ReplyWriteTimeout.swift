internal import NIOCore

/// Closes a connection whose peer does not read its replies: while a reply cannot be written, the request counts as in
/// progress, and nothing else ends it.
///
/// One of these stands first in each connection and lives on its event loop.
final class ReplyWriteTimeout: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The longest that what fills the connection's buffer may take to leave it.
    private var limit: TimeAmount
    private var isStopping = false
    private var timer: Scheduled<Void>?

    init(milliseconds: Int) {
        limit = .milliseconds(Int64(milliseconds))
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            // The last reply has to be read, too, however little of it is left.
            if !isStopping { stopTimer() }
        } else {
            startTimer(context)
        }
        context.fireChannelWritabilityChanged()
    }

    /// Once the gateway stops, a connection is closed when its reply is written: also one that fits the buffer must be
    /// read in time.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isStopping { startTimer(context) }
        context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            isStopping = true
            limit = min(limit, ConnectionStop.patience)
            if timer != nil {
                stopTimer()
                startTimer(context)
            }
            context.fireUserInboundEventTriggered(ConnectionStop())
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopTimer()
        context.fireChannelInactive()
    }

    private func startTimer(_ context: ChannelHandlerContext) {
        guard timer == nil else { return }
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }

    private func stopTimer() {
        timer?.cancel()
        timer = nil
    }
}
