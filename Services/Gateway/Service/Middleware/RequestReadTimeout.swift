internal import NIOCore
internal import NIOHTTPTypes

/// Closes a connection whose request, once begun, does not come to its end in time, however steadily its bytes trickle.
///
/// One of these stands in each connection and lives on its event loop.
final class RequestReadTimeout: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private let limit: TimeAmount
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
            timer?.cancel()
            timer = nil
        }
        context.fireChannelRead(data)
    }

    /// A request that came whole in one read, as nearly all do, never starts a timer.
    func channelReadComplete(context: ChannelHandlerContext) {
        if isReading, timer == nil {
            let channel = context.channel
            timer = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
        }
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        context.fireChannelInactive()
    }
}
