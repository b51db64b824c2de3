internal import AsyncHTTPClient
internal import Foundation
internal import GatewayService
internal import Logging
internal import RPC
internal import RPCNNGTransport
internal import ServiceKit
internal import ServiceLifecycle
internal import TestSupport
internal import Testing

/// The gateway as its `main` builds it, before suite services that are not there.
@Suite("Readiness of the gateway")
struct ReadinessTests {
    private struct Files {
        let mint: TokenMint

        private var sockets: URL { mint.folder.appending(path: "sockets") }

        init(mint: TokenMint) throws {
            self.mint = mint
            try FileManager.default.createDirectory(
                at: sockets, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        }

        func endpoint(of service: String) -> String { "ipc://\(sockets.path)/\(service)" }

        func key(_ service: String) throws -> ServiceKey {
            try ServiceKey(parsing: "\(service)-1:\(service):" + String(repeating: "5c", count: 32))
        }

        func configuration() throws -> ServiceConfiguration {
            let keys = mint.folder.appending(path: "keys")
            let line = "gateway-1:gateway:" + String(repeating: "5c", count: 32)
            _ = FileManager.default.createFile(
                atPath: keys.path, contents: Data(line.utf8), attributes: [.posixPermissions: 0o600])
            return try ServiceConfiguration(
                serviceName: "gateway", settings: StandardSettings.all + GatewaySettings.all,
                arguments: [
                    "--keys-file", keys.path, "--http-port", "0", "--token-issuer", "https://login.bank.test",
                    "--token-key-set-file", mint.keySetFile.path,
                ] + Bootstrap.callableServices.flatMap { ["--peers-\($0)", endpoint(of: $0)] })
        }
    }

    private static func health(_ port: Int) async throws -> (status: UInt, text: String) {
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: "http://127.0.0.1:\(port)/healthz"), timeout: .seconds(20))
        return (response.status.code, String(buffer: try await response.body.collect(upTo: 1 << 16)))
    }

    @Test("without profile no work is taken, without the others a part of it, and each that is missing is named")
    func missing() async throws {
        let files = try Files(mint: try await TokenMint())
        defer { try? FileManager.default.removeItem(at: files.mint.folder) }
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let configuration = try files.configuration()
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let running = Task {
            try await ServiceRunner.serve(
                configuration, metrics: MetricsRegistry(), stopOnSignals: false, logger: logger,
                build: { environment in
                    try await buildGateway(environment) { number in
                        port.yield(number)
                        port.finish()
                    }
                })
        }
        defer { running.cancel() }
        let number = try #require(await ports.first { _ in true })
        let dead = try await Self.health(number)
        #expect(dead.status == 503)
        #expect(dead.text.contains("Not ready: campaign, kpi, profile, segmentation."))

        let router = RPCRouter()
        let keys = try KeyRing([try files.key("profile"), try files.key("gateway")])
        let profile = try NNGServer(
            endpoints: [files.endpoint(of: "profile")], router: router, keys: keys, logger: logger)
        try profile.listen()
        let serving = Task { try await profile.run() }
        defer { serving.cancel() }
        try await eventually("profile is reached") { try await Self.health(number).status == 200 }
        #expect(
            try await Self.health(number).text == #"{"status":"ok","missing":["campaign","kpi","segmentation"]}"#)
        serving.cancel()
        try? await serving.value
        try await eventually("profile is missed") { try await Self.health(number).status == 503 }
    }

    @Test("a port that is taken ends the start with a sentence that names it")
    func takenPort() async throws {
        try await withGateway(FakeSuite()) { gateway in
            var configuration = GatewayConfiguration.test { $0.port = gateway.port }
            configuration.keySetFile = gateway.mint.keySetFile.path
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            let parts = try await buildGateway(
                configuration, FakeSuite().clients(), readiness: Readiness(), metrics: MetricsRegistry(),
                logger: logger)
            await #expect {
                try await ServiceGroup(services: parts.services, logger: logger).run()
            } throws: { error in
                (error as? RuntimeError)?.message.contains("port 127.0.0.1:\(gateway.port) is taken") == true
            }
        }
    }
}
