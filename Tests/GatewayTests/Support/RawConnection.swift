internal import Foundation
internal import NIOCore
internal import NIOPosix

extension GatewayFixture {
    /// Sends bytes over a connection of its own and gives back what arrives until the gateway closes it, or until a
    /// whole reply has come.
    func raw(_ text: String) async throws -> String {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var received = ""
            do {
                try await outbound.write(ByteBuffer(string: text))
                for try await part in inbound {
                    received += String(buffer: part)
                    if received.contains("\r\n\r\n"), received.hasSuffix("}") { break }
                }
            } catch {
                // A connection that is reset, or was closed before anything was sent, has been closed, too.
            }
            return received
        }
    }
}
