internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import RPC

/// Ports of this machine.
enum FreePort {
    /// A loopback port that nobody listens at now.
    static func find() throws -> Int {
        let channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).wait()
        defer { try? channel.close().wait() }
        guard let port = channel.localAddress?.port else {
            throw RuntimeError(
                .endpointUnavailable, localized("No free port was found on this machine.", "本机没有可用的端口。"))
        }
        return port
    }

    /// - Throws: one sentence where somebody listens there already.
    static func require(_ port: Int) throws {
        do {
            try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: "127.0.0.1", port: port).wait().close().wait()
        } catch {
            throw RuntimeError(
                .endpointUnavailable,
                localized(
                    "Port \(port) is taken: stop the program that uses it or choose another with --port.",
                    "端口 \(port) 已被占用：请停止占用它的程序，或用 --port 指定其他端口。"))
        }
    }
}
