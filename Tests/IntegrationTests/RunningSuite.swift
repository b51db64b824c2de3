internal import Foundation
internal import Logging
internal import RPC
internal import Sandbox

@testable internal import ZhikeCommands

/// Five executables, a Postgres and a simulated channel, for as long as a test takes.
enum RunningSuite {
    private static var tree: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    static var mappings: URL { tree.appending(path: "deploy/mappings") }

    static func script(_ name: String) -> URL { tree.appending(path: "Tests/IntegrationTests/Python/\(name)") }

    /// Of a channel's backend, which may post events and read reports.
    static func channelToken(_ suite: Suite) async throws -> String {
        try await TokenIssuer(keyFile: suite.folder.tokenKey).token(
            for: Principal(user: "core-banking", roles: ["channel"], officePath: "/"))
    }

    static func with<Found: Sendable>(
        channel name: String, start: Date, deduplicates: Bool = false,
        _ body: (Suite, ChannelSimulator) async throws -> Found
    ) async throws -> Found {
        let root = FileManager.default.temporaryDirectory.appending(path: "zhike-test-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: root) }
        let folder = try SuiteFolder(root: root)
        folder.removeSockets()
        let secret = try String(contentsOf: folder.channelSecret, encoding: .utf8).trimmingCharacters(in: .newlines)
        let port = try FreePort.find()
        let simulator = try ChannelSimulator(
            ChannelSimulator.Configuration(
                port: port, secret: Array(secret.utf8), behaviour: ChannelBehaviour(deduplicates: deduplicates)),
            logger: Logger(label: "channel") { _ in SwiftLogNoOpLogHandler() })
        let channel = Task { try await simulator.run() }
        defer { channel.cancel() }
        let suite = try await Suite.start(
            root: root, httpPort: nil, simulatedStart: start,
            channels: [
                ChannelAddress(
                    name: name, url: "http://127.0.0.1:\(port)/deliveries",
                    statusURL: "http://127.0.0.1:\(port)/status/", deduplicates: deduplicates)
            ])
        do {
            let found = try await body(suite, simulator)
            await suite.stop()
            return found
        } catch {
            await suite.stop()
            throw error
        }
    }
}
