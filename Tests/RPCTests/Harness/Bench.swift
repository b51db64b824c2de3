import Contracts
import Foundation
import Logging
import RPC
import RPCInProcessTransport
import ServiceLifecycle

@testable import RPCNNGTransport

/// A served router and a channel to it.
struct Bench: Sendable {
    let channel: any RPCCaller
    /// The bytes below the channel, to send what a channel never would.
    let transport: any RPCTransport
    let key: ServiceKey
    /// Where the server listens; empty in process.
    let endpoint: String
    /// How often a listener was replaced.
    let replacementCount: @Sendable () -> Int
    /// Tells the serving side to stop, and returns when it has.
    let stop: @Sendable () async throws -> Void

    var client: TestingV1.TestingServiceClient { TestingV1.TestingServiceClient(channel) }

    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs `body` with a router served over `kind`, and stops everything afterwards.
    static func with<Result: Sendable>(
        _ kind: TransportKind, _ router: RPCRouter,
        configuration: NNGServerConfiguration = NNGServerConfiguration(), otherKeys: [ServiceKey] = [],
        body: @escaping @Sendable (Bench) async throws -> Result
    ) async throws -> Result {
        let key = try ServiceKey.random(id: "tester-1", service: "tester")
        let keys = try KeyRing([key] + otherKeys)
        guard kind != .inProcess else {
            return try await body(inProcess(router, key, keys, configuration))
        }
        let server = try NNGServer(
            endpoints: [address(kind)], router: router, keys: keys, configuration: configuration, logger: quiet)
        let endpoint = try server.listen()[0]
        let group = ServiceGroup(services: [server], logger: quiet)
        return try await withThrowingTaskGroup(of: Result?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            let transport = try NNGTransport(
                serviceName: "testing", endpoints: [.init(parsing: endpoint)], key: key, callLimit: 1_024)
            let bench = Bench(
                channel: RPCChannel(transport: transport, key: key), transport: transport, key: key,
                endpoint: endpoint, replacementCount: { server.listenerReplacementCount },
                stop: { await group.triggerGracefulShutdown() })
            let result: Result
            do {
                result = try await body(bench)
            } catch {
                await transport.close()
                await group.triggerGracefulShutdown()
                throw error
            }
            await transport.close()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        }
    }

    private static func inProcess(
        _ router: RPCRouter, _ key: ServiceKey, _ keys: KeyRing, _ configuration: NNGServerConfiguration
    ) throws -> Bench {
        let dispatcher = try RPCDispatcher(
            router: router, keys: keys, configuration: configuration.calls, logger: quiet)
        let transport = InProcessTransport(dispatcher)
        return Bench(
            channel: RPCChannel(transport: transport, key: key), transport: transport, key: key,
            endpoint: "", replacementCount: { 0 }, stop: { dispatcher.beginDraining() })
    }

    /// For the sockets of this process; gone with it.
    private static let folder: String = {
        let folder = "/tmp/zhike-rpc-\(UInt64.random(in: .min ... .max))"
        atexit { try? FileManager.default.removeItem(atPath: Bench.folder) }
        return folder
    }()

    /// An address that no other test uses.
    static func address(_ kind: TransportKind) -> String {
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        switch kind {
        case .inProcess, .inproc: return "inproc://\(name)"
        case .tcp: return "tcp://127.0.0.1:0"
        case .ipc: return "ipc://\(folder)/\(name).sock"
        }
    }
}
