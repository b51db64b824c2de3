internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Tells a peer that waits with its body (`Expect: 100-continue`, RFC 9110, 10.1.1) to send it, unless it announces more
/// than is taken: that one gets its refusal alone.
///
/// One of these stands in each connection and lives on its event loop.
final class ContinueReply: ChannelInboundHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundOut = HTTPResponsePart

    private let bodyByteLimit: Int

    init(bodyByteLimit: Int) {
        self.bodyByteLimit = bodyByteLimit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data), isWaited(for: head.headerFields) {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
        context.fireChannelRead(data)
    }

    private func isWaited(for fields: HTTPFields) -> Bool {
        guard let expected = fields[.expect], expected.lowercased() == "100-continue" else { return false }
        guard let length = fields[.contentLength] else { return fields[.transferEncoding] != nil }
        return Int(length).map { (1...bodyByteLimit).contains($0) } ?? false
    }
}
