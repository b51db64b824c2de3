internal import NIOCore
internal import NIOHTTPTypes

/// Closes a connection whose request, once begun, does not come to its end in time, however steadily its bytes trickle.
///
/// One of these stands in each connection and lives on its event loop.
final class RequestReadTimeout: ChannelInboundHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private var timer: ConnectionTimer
    private var isReading = false

    init(milliseconds: Int) {
        timer = ConnectionTimer(milliseconds: milliseconds)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: isReading = true
        case .body: break
        case .end:
            isReading = false
            timer.stop()
        }
        context.fireChannelRead(data)
    }

    /// A request that came whole in one read, as nearly all do, never starts a timer.
    func channelReadComplete(context: ChannelHandlerContext) {
        if isReading { timer.start(context) }
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ConnectionStop {
            timer.shorten(context)
            if isReading { timer.start(context) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer.stop()
        context.fireChannelInactive()
    }
}
