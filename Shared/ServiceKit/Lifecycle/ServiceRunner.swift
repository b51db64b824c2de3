public import Foundation
public import Logging
internal import Metrics
internal import RPC
internal import RPCNNGTransport
internal import ServiceLifecycle

/// Starts a suite service, runs it until it is told to stop, and ends the process.
public enum ServiceRunner {
    /// Makes the parts of a suite service from its environment; the same function serves `main` and tests.
    public typealias Build = @Sendable (ServiceEnvironment) async throws -> ServiceParts

    /// The whole life of a process.
    ///
    /// - Parameters:
    ///   - name: the suite service, such as `profile`.
    ///   - settings: what it has besides `StandardSettings`.
    public static func run(
        name: String, settings: [any AnySetting] = [], arguments: [String] = Array(CommandLine.arguments.dropFirst()),
        environment: [String: String] = ProcessInfo.processInfo.environment, build: Build
    ) async -> Never {
        // Whoever reads our log may end before us; that must not end us in the middle of an orderly stop.
        signal(SIGPIPE, SIG_IGN)
        let request = StartRequest(arguments: arguments, environment: environment)
        let settings = StandardSettings.all + settings
        switch request.wish {
        case .printVersion: finish(.orderly, saying: "zhike-\(name) \(SuiteVersion.current)")
        case .printHelp: finish(.orderly, saying: ServiceConfiguration.help(serviceName: name, settings: settings))
        case .printConfiguration, .serve: break
        }
        do {
            let configuration = try ServiceConfiguration(
                serviceName: name, settings: settings, arguments: request.arguments,
                environment: request.environment, file: request.file)
            if request.wish == .printConfiguration { finish(.orderly, saying: try configuration.printed()) }
            try LoggingSetup.bootstrap(configuration)
            let metrics = MetricsRegistry()
            MetricsSystem.bootstrap(PrometheusMetricsFactory(metrics))
            try await serve(configuration, metrics: metrics, stopOnSignals: true, build: build)
            finish(.orderly)
        } catch let error as RuntimeError where error.code == .configurationInvalid {
            finish(.configuration, complaining: "zhike-\(name): \(error.message)")
        } catch {
            finish(.failed, complaining: "zhike-\(name): \(error)")
        }
    }

    /// Builds and serves until the task is cancelled or told to stop, or until a part fails.
    ///
    /// - Parameter stopOnSignals: whether SIGTERM and Ctrl-C stop it; the process is then ended hard when the stop takes
    ///   longer than `stop.timeoutMilliseconds`.
    public static func serve(
        _ configuration: ServiceConfiguration, metrics: MetricsRegistry, stopOnSignals: Bool,
        logger: Logger? = nil, build: Build
    ) async throws {
        let logger = logger ?? Logger(label: configuration.serviceName, metadataProvider: .trace)
        let environment = try ServiceEnvironment(configuration: configuration, logger: logger, metrics: metrics)
        let parts = try await build(environment)
        let bound = Duration.milliseconds(try configuration.value(StandardSettings.stopTimeoutMilliseconds))
        var services: [any Service] = [
            HealthServer(
                host: try configuration.value(StandardSettings.healthHost),
                port: try configuration.value(StandardSettings.healthPort), readiness: environment.readiness,
                metrics: metrics, logger: logger)
        ]
        services += environment.services + parts.services
        // The other half is for what stands behind the calls, and then the hard end.
        if let server = try server(parts, environment, drainTimeout: bound / 2) { services.append(server) }
        if stopOnSignals {
            let stopBound = StopBound(bound: bound, logger: logger)
            stopBound.watchSignals()
            services.append(stopBound)
        }
        var group = ServiceGroupConfiguration(services: services, logger: logger)
        if stopOnSignals, try configuration.value(StandardSettings.stopWithInput) {
            group.services.append(
                ServiceGroupConfiguration.ServiceConfiguration(
                    service: InputEnd(logger: logger), successTerminationBehavior: .gracefullyShutdownGroup))
        }
        if stopOnSignals { group.gracefulShutdownSignals = [.sigterm, .sigint] }
        logger.info("starting", metadata: ["version": "\(SuiteVersion.current)"])
        try await ServiceGroup(configuration: group).run()
        logger.info("stopped")
    }

    private static func server(
        _ parts: ServiceParts, _ environment: ServiceEnvironment, drainTimeout: Duration
    ) throws -> NNGServer? {
        guard var router = parts.router else { return nil }
        let endpoints = try environment.configuration.value(StandardSettings.listenEndpoints)
        guard !endpoints.isEmpty else {
            throw RuntimeError(
                .configurationInvalid, "The address to serve calls at is missing: set listen.endpoints.")
        }
        router.complete(with: environment)
        let limit = try environment.configuration.value(StandardSettings.callsAtOnce)
        let server = try NNGServer(
            endpoints: endpoints, router: router, keys: environment.keys,
            configuration: NNGServerConfiguration(
                calls: RPCServerConfiguration(runningCallLimit: limit), drainTimeout: drainTimeout),
            logger: environment.logger)
        // Here, so that a taken address ends the start with its own sentence.
        let bound = try server.listen()
        environment.logger.info("serving calls", metadata: ["endpoints": "\(bound.joined(separator: ","))"])
        return server
    }

    private static func finish(_ code: ServiceExit, saying text: String? = nil, complaining: String? = nil) -> Never {
        if let text { try? FileHandle.standardOutput.write(contentsOf: Data("\(text)\n".utf8)) }
        if let complaining { try? FileHandle.standardError.write(contentsOf: Data("\(complaining)\n".utf8)) }
        exit(code.rawValue)
    }
}
