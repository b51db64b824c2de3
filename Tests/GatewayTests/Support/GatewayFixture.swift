internal import AsyncHTTPClient
internal import Foundation
internal import GatewayService
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import ServiceKit
internal import ServiceLifecycle

/// What the gateway answered.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let text: String

    /// The body as a JSON object.
    var json: [String: Any] {
        get throws {
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
        }
    }

    func member(_ name: String) throws -> String? {
        try json[name].map { "\($0)" }
    }
}

/// A gateway on a loopback port, and a person with a token before it.
struct GatewayFixture: Sendable {
    let port: Int
    let mint: TokenMint
    let token: String

    func send(
        _ method: HTTPMethod, _ path: String, _ body: String? = nil, token: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        let token = token ?? self.token
        if !token.isEmpty { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body {
            if !request.headers.contains(name: "Content-Type") {
                request.headers.add(name: "Content-Type", value: "application/json")
            }
            request.body = .bytes(Array(body.utf8))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        return Answer(
            status: Int(response.status.code), headers: response.headers, text: String(buffer: bytes))
    }
}

/// Starts a gateway before a suite, hands it to `body`, and stops it.
func withGateway(
    _ suite: FakeSuite, _ settings: GatewayConfiguration = .test(),
    logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
    readiness: Readiness = Readiness(), _ body: @Sendable (GatewayFixture) async throws -> Void
) async throws {
    let mint = try await TokenMint()
    defer { try? FileManager.default.removeItem(at: mint.folder) }
    var configuration = settings
    configuration.keySetFile = mint.keySetFile.path
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let parts = try await buildGateway(
        configuration, suite.clients(), readiness: readiness, metrics: MetricsRegistry(), logger: logger,
        onListening: { number in
            port.yield(number)
            port.finish()
        })
    let group = ServiceGroup(services: parts.services, logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        guard let number = await ports.first(where: { _ in true }) else { return }
        do {
            try await body(GatewayFixture(port: number, mint: mint, token: try await mint.token()))
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

extension GatewayConfiguration {
    /// What tests start from.
    static func test(_ change: (inout GatewayConfiguration) -> Void = { _ in }) -> GatewayConfiguration {
        var configuration = GatewayConfiguration(
            issuer: "https://login.bank.test", audience: "zhike", keySetFile: "")
        change(&configuration)
        return configuration
    }
}
