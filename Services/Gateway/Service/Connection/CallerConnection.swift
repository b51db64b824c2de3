internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1

/// One connection of a caller: what stands between its bytes and the requests, in order.
///
/// Whatever a peer does or leaves undone, each wait for it ends: for the rest of a request, for its reading of a reply,
/// for its next request, for its closing.
struct CallerConnection: HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let configuration: GatewayConfiguration
    let responder: HTTPChannelHandler.Responder

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            var decoding = NIOHTTPDecoderLimitConfiguration()
            decoding.maxHeaderFieldSize = configuration.headerByteLimit
            decoding.maxHeaderListSize = configuration.headerByteLimit
            decoding.maxHeaderFieldCount = 100
            // First, because what handles requests one by one keeps the beginning of a stop for itself.
            try pipeline.addHandler(ReplyWriteTimeout(milliseconds: configuration.writeTimeoutMilliseconds))
            // One request at a time: while it is answered, nothing more is read than is there already.
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: true, withErrorHandling: false, withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoding)
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandler(RequestReadTimeout(milliseconds: configuration.readTimeoutMilliseconds))
            try pipeline.addHandler(LastReply())
            try pipeline.addHandler(ContinueReply(bodyByteLimit: configuration.bodyByteLimit))
            try pipeline.addHandler(
                HTTPConnectionStateHandler(
                    idleTimeout: .milliseconds(configuration.idleTimeoutMilliseconds), logger: logger))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }
}
