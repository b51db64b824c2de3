internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
public import Logging
internal import NIOCore
public import ServiceKit
internal import ServiceLifecycle

/// The gateway as a suite service: its settings and peers come from the environment.
///
/// - Parameter onListening: gets the HTTP port.
public func buildGateway(
    _ environment: ServiceEnvironment, onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
) async throws -> ServiceParts {
    let clients = GatewayClients(
        profile: try environment.channel(to: "profile"), segmentation: try environment.channel(to: "segmentation"),
        campaign: try environment.channel(to: "campaign"), kpi: try environment.channel(to: "kpi"))
    // Whatever comes in goes to profile first: without it no work is taken. Without one of the others the rest goes on: a
    // report that cannot be read must not keep the bank's events out.
    environment.readiness.add(try environment.connectionCheck(to: "profile"))
    let others = Readiness()
    for service in Bootstrap.callableServices where service != "profile" {
        others.add(try environment.connectionCheck(to: service))
    }
    return try await buildGateway(
        try GatewayConfiguration(environment.configuration), clients, readiness: environment.readiness, others: others,
        metrics: environment.metrics, logger: environment.logger, onListening: onListening)
}

/// The gateway from its configuration and clients, whatever they are connected to.
///
/// - Parameters:
///   - readiness: what has to be well before work is taken.
///   - others: what a part of the work needs; it is told, and keeps nothing out.
///   - onListening: gets the HTTP port.
public func buildGateway(
    _ configuration: GatewayConfiguration, _ clients: GatewayClients, readiness: Readiness,
    others: Readiness = Readiness(), metrics: MetricsRegistry, logger: Logger,
    onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
) async throws -> ServiceParts {
    var keySetFile = KeySetFile(path: configuration.keySetFile)
    let keys = try await keySetFile.read()
    logger.info("key set read", metadata: ["keys": "\(keys.count)", "ignored": "\(keys.ignoredCount)"])
    let table = RouteTable(Route.all(clients, readiness: readiness, others: others, metrics: metrics))
    let authenticator = Authenticator(
        keys: keys, issuer: configuration.issuer, audience: configuration.audience)
    let responder = GatewayResponder(
        table: table, authenticator: authenticator,
        rates: RateLimiter(requestsPerSecond: configuration.requestsPerSecond, burst: configuration.requestBurst),
        admission: AdmissionControl(limit: configuration.requestLimit), observer: RequestObserver(log: logger),
        bodyByteLimit: configuration.bodyByteLimit)
    let application = Application(
        responder: responder,
        server: HTTPServerBuilder { CallerConnection(configuration: configuration, responder: $0) },
        configuration: ApplicationConfiguration(
            address: .hostname(configuration.host, port: configuration.port), serverName: nil,
            availableConnectionsDelegate: .maximum(configuration.connectionLimit, logger: logger)),
        onServerRunning: { channel in
            guard let port = channel.localAddress?.port else { return }
            logger.info("serving HTTP", metadata: ["port": "\(port)"])
            await onListening(port)
        },
        logger: logger)
    let listening = ListeningApplication(
        application: application, host: configuration.host, port: configuration.port)
    let workerName = "\(ProcessInfo.processInfo.hostName):\(ProcessInfo.processInfo.processIdentifier)"
    let workers = ChannelWorkers(
        configuration.channels, clients.campaign, workerName: workerName,
        sweepMilliseconds: configuration.sweepMilliseconds, logger: logger)
    let watcher = KeySetWatcher(
        file: keySetFile, authenticator: authenticator,
        interval: .milliseconds(configuration.keySetMilliseconds), log: logger)
    // A stop that waits for a slow request must not leave the workers claiming: what they hold then, nobody knows.
    return ServiceParts(services: [watcher, Together([workers, listening])])
}

extension Route {
    /// Everything that is served.
    static func all(
        _ clients: GatewayClients, readiness: Readiness, others: Readiness = Readiness(), metrics: MetricsRegistry
    ) -> [Route] {
        let routes =
            EventRoutes.all(clients) + CustomerRoutes.all(clients) + OrganisationRoutes.all(clients)
            + SegmentRoutes.all(clients) + SnapshotRoutes.all(clients) + OfferRoutes.all(clients)
            + CampaignRoutes.all(clients) + DeliveryRoutes.all(clients) + KPIRoutes.all(clients)
            + ServiceRoutes.operations(readiness: readiness, others: others, metrics: metrics)
        return routes + [ServiceRoutes.document(of: routes)]
    }
}
