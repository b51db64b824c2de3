internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import RPC

/// Ports of this machine.
enum FreePort {
    /// Below those that Linux gives to connections by itself (ip_local_port_range, from 32,768): between finding a port and
    /// listening at it pass the seconds in which a database starts.
    static let range = 20_000..<32_768
    private static let attempts = 100

    /// A loopback port that nobody listens at now.
    static func find() throws -> Int {
        for _ in 0..<attempts {
            let port = Int.random(in: range)
            if (try? require(port)) != nil { return port }
        }
        throw RuntimeError(
            .endpointUnavailable, localized("No free port was found on this machine.", "本机没有可用的端口。"))
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
