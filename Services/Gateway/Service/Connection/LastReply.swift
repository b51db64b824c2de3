internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Closes a connection after its last reply: where either side said `Connection: close`, or what came is no HTTP.
///
/// Closing at once would take the reply away from a peer that is still sending. So only our side is closed first, and what
/// still comes is thrown away, for a moment.
///
/// One of these stands in each connection and lives on its event loop.
final class LastReply: ChannelDuplexHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private static let linger: TimeAmount = .seconds(2)

    /// The reply to the request at hand is the last.
    private var isLast = false
    /// It has been written.
    private var isOver = false
    private var timer: Scheduled<Void>?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        if case .head(let head) = unwrapInboundIn(data), Self.saysClose(head.headerFields) { isLast = true }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isLast = true
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isOver else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.kind != .informational:
            if Self.saysClose(head.headerFields) { isLast = true }
            if isLast { head.headerFields[.connection] = "close" }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end where isLast:
            // Before the writing, which lets the next request in where there is one.
            isOver = true
            context.writeAndFlush(data, promise: promise)
            context.close(mode: .output, promise: nil)
            let channel = context.channel
            timer = context.eventLoop.scheduleTask(in: Self.linger) { channel.close(promise: nil) }
        default: context.write(data, promise: promise)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        context.fireChannelInactive()
    }

    private static func saysClose(_ fields: HTTPFields) -> Bool {
        guard let words = fields[.connection] else { return false }
        return words.split(separator: ",").contains { $0.lowercased().filter { $0 != " " } == "close" }
    }
}
