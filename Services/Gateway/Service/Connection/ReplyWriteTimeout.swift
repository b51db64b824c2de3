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
    private var timer: ConnectionTimer
    private var isStopping = false

    init(milliseconds: Int) {
        timer = ConnectionTimer(milliseconds: milliseconds)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            // The last reply has to be read, too, however little of it is left.
            if !isStopping { timer.stop() }
        } else {
            timer.start(context)
        }
        context.fireChannelWritabilityChanged()
    }

    /// Once the gateway stops, a connection is closed when its reply is written: also one that fits the buffer must be
    /// read in time.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isStopping { timer.start(context) }
        context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            isStopping = true
            timer.shorten(context)
            context.fireUserInboundEventTriggered(ConnectionStop())
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer.stop()
        context.fireChannelInactive()
    }
}
