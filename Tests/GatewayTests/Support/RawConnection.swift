internal import Foundation
internal import NIOCore
internal import NIOPosix

/// The peer of a gateway that writes bytes as it likes.
struct RawPeer {
    fileprivate let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    fileprivate var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator

    func send(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    /// What arrives until it holds what is wanted, or the gateway closes the connection.
    mutating func read(until isEnough: (String) -> Bool = { _ in false }) async -> String {
        var received = ""
        // A connection that is reset has been closed, too.
        while !isEnough(received), let part = try? await inbound.next() { received += String(buffer: part) }
        return received
    }

    static func isWholeReply(_ text: String) -> Bool {
        text.contains("\r\n\r\n") && text.hasSuffix("}")
    }
}

extension GatewayFixture {
    /// Opens a connection of its own for as long as `body` takes.
    func withPeer<Found: Sendable>(
        _ body: (inout RawPeer) async throws -> Found
    ) async throws -> Found {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var peer = RawPeer(outbound: outbound, inbound: inbound.makeAsyncIterator())
            return try await body(&peer)
        }
    }

    /// Sends bytes over a connection of its own and gives back what arrives until the gateway closes it, or until a
    /// whole reply has come.
    func raw(_ text: String) async throws -> String {
        try await withPeer { peer in
            // A connection that was closed before anything was sent has been closed, too.
            try? await peer.send(text)
            return await peer.read(until: RawPeer.isWholeReply)
        }
    }

    /// A peer that asks often and reads nothing of what it is answered; the caller closes it.
    func deafPeer(asking request: String, times: Int) async throws -> any Channel {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.socketOption(.so_rcvbuf), value: 4_096)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: port).get()
        try await channel.writeAndFlush(ByteBuffer(string: String(repeating: request, count: times)))
        return channel
    }
}
