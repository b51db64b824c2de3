internal import NIOCore
internal import NIOHTTPTypes

/// Closes a connection whose request, once begun, does not come to its end in time, however steadily its bytes trickle.
///
/// One of these stands in each connection and lives on its event loop.
final class RequestReadTimeout: ChannelInboundHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private var limit: TimeAmount
    private var isReading = false
    private var timer: Scheduled<Void>?

    init(milliseconds: Int) {
        limit = .milliseconds(Int64(milliseconds))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: isReading = true
        case .body: break
        case .end:
            isReading = false
            stopTimer()
        }
        context.fireChannelRead(data)
    }

    /// A request that came whole in one read, as nearly all do, never starts a timer.
    func channelReadComplete(context: ChannelHandlerContext) {
        if isReading, timer == nil { startTimer(context) }
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ConnectionStop {
            limit = min(limit, ConnectionStop.patience)
            if isReading {
                stopTimer()
                startTimer(context)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopTimer()
        context.fireChannelInactive()
    }

    private func startTimer(_ context: ChannelHandlerContext) {
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }

    private func stopTimer() {
        timer?.cancel()
        timer = nil
    }
}
