internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
public import Logging
internal import RPC
public import ServiceLifecycle
internal import Synchronization

/// The small HTTP port for those who supervise the process: `/healthz/live`, `/healthz/ready` and `/metrics`.
public final class HealthServer: Service {
    private static let connectionLimit = 64

    private let host: String
    private let wantedPort: Int
    private let readiness: Readiness
    private let metrics: MetricsRegistry
    private let logger: Logger
    private let boundPort = Mutex<Int?>(nil)

    /// - Parameter port: 0 takes a free one; `port` then says which.
    public init(host: String, port: Int, readiness: Readiness, metrics: MetricsRegistry, logger: Logger) {
        self.host = host
        wantedPort = port
        self.readiness = readiness
        self.metrics = metrics
        self.logger = logger
    }

    /// The port it listens on; nil until it does.
    public var port: Int? { boundPort.withLock { $0 } }

    public func run() async throws {
        let application = Application(
            router: router(),
            server: .http1(configuration: .init(idleTimeout: .seconds(15))),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: wantedPort),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionLimit)),
            onServerRunning: { [self] channel in
                boundPort.withLock { $0 = channel.localAddress?.port }
                logger.info("health port is open", metadata: ["port": "\(channel.localAddress?.port ?? 0)"])
            },
            logger: quietLogger)
        do {
            try await application.run()
        } catch  where "\(error)".contains("Address already in use") {
            throw RuntimeError(
                .endpointUnavailable,
                "The health port \(host):\(wantedPort) is taken: stop what uses it, or set health.port.")
        }
    }

    /// Hummingbird tells of every start at info; our own line says it better.
    private var quietLogger: Logger {
        var logger = logger
        logger.logLevel = .warning
        return logger
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/healthz/live") { _, _ in Self.text("live\n") }
        router.get("/healthz/ready") { [readiness] _, _ in
            let reasons = await readiness.reasons()
            if reasons.isEmpty { return Self.text("ready\n") }
            let lines = reasons.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\n" }
            return Self.text("not ready\n" + lines.joined(), status: .serviceUnavailable)
        }
        router.get("/metrics") { [metrics] _, _ in
            Self.text(metrics.prometheusText(), type: "text/plain; version=0.0.4; charset=utf-8")
        }
        return router
    }

    private static func text(
        _ text: String, status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
