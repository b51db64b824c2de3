internal import AsyncHTTPClient
internal import Contracts
internal import EmbeddedPostgres
internal import Foundation
internal import Logging
internal import Postgres
internal import RPC
internal import RPCNNGTransport
internal import ServiceKit

/// Suite services as they run at a bank: executables that stand beside this one, each a process of its own, with a
/// Postgres that writes through to the disk. All of them end with this process.
struct BenchmarkSuite: Sendable {
    static let database = "zhike"

    let server: EmbeddedPostgres
    let administrator: PostgresPool
    let files: BenchmarkFiles
    private let processes: [Process]
    private let channels: [String: NNGChannel]

    /// Starts the named suite services and returns when they answer.
    ///
    /// - Parameters:
    ///   - services: in the order of the start; profile owns what the others' grants stand on.
    ///   - channelURL: where the gateway posts deliveries of the channel `BenchmarkFiles.channel`; nil: to no channel.
    static func start(_ services: [String], channelURL: String? = nil) async throws -> BenchmarkSuite {
        let server = try await EmbeddedPostgres.start()
        do {
            let files = try BenchmarkFiles(socketFolder: server.socketFolder, channelURL: channelURL)
            let suite = try await BenchmarkSuite(services, on: server, files)
            do {
                try await suite.waitUntilReady(services)
            } catch {
                suite.files.tellLogs(of: services)
                await suite.stop()
                throw error
            }
            return suite
        } catch {
            try? await server.stop()
            throw error
        }
    }

    private init(_ services: [String], on server: EmbeddedPostgres, _ files: BenchmarkFiles) async throws {
        self.server = server
        self.files = files
        let logger = Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }
        let first = PostgresPool(try PostgresConfiguration(parsing: server.connectionURL()), logger: logger)
        try await Bootstrap.createDatabase(Self.database, pool: first)
        await first.close()
        administrator = PostgresPool(
            try PostgresConfiguration(parsing: server.connectionURL(database: Self.database)), logger: logger)
        try await Bootstrap.run(pool: administrator)
        var channels: [String: NNGChannel] = [:]
        for service in services where service != "gateway" {
            channels[service] = try NNGChannel(
                serviceName: service, endpoints: [files.endpoint(of: service)], key: files.key(of: "zhike"))
        }
        self.channels = channels
        let migrated = services.first.map { [$0] } ?? []
        var processes = try migrated.map { try Self.launch($0, files) }
        if let first = services.first { try await Self.waitUntilReady(first, channels) }
        processes += try services.dropFirst().map { try Self.launch($0, files) }
        self.processes = processes
    }

    private static func launch(_ service: String, _ files: BenchmarkFiles) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "zhike-\(service)")
        process.arguments = ["--config", files.settings(of: service).path]
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ZHIKE_") }
        let log = try files.log(of: service)
        process.standardOutput = log
        process.standardError = log
        // Its other end closes when this process ends, however it ends.
        process.standardInput = Pipe()
        do {
            try process.run()
        } catch {
            throw BenchmarkSuiteError("zhike-\(service) is missing beside zhike-bench: build all products.")
        }
        return process
    }

    private func waitUntilReady(_ services: [String]) async throws {
        for service in services where service != "gateway" { try await Self.waitUntilReady(service, channels) }
        guard services.contains("gateway") else { return }
        try await Self.patiently("gateway") {
            let request = HTTPClientRequest(url: files.gatewayAddress + "/healthz")
            return (try? await HTTPClient.shared.execute(request, timeout: .seconds(2)))?.status == .ok
        }
    }

    private static func waitUntilReady(_ service: String, _ channels: [String: NNGChannel]) async throws {
        guard let channel = channels[service] else { return }
        try await patiently(service) {
            (try? await RPCV1.SuiteServiceClient(channel).health(RPCV1.HealthRequest()))?.ready ?? false
        }
    }

    private static func patiently(_ service: String, _ isReady: () async -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while await !isReady() {
            guard .now < end else { throw BenchmarkSuiteError("zhike-\(service) does not start.") }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    func profile() throws -> ProfileV1.ProfileServiceClient { ProfileV1.ProfileServiceClient(try channel("profile")) }

    func segmentation() throws -> SegmentationV1.SegmentationServiceClient {
        SegmentationV1.SegmentationServiceClient(try channel("segmentation"))
    }

    func campaign() throws -> CampaignV1.CampaignServiceClient {
        CampaignV1.CampaignServiceClient(try channel("campaign"))
    }

    private func channel(_ service: String) throws -> any RPCCaller {
        guard let channel = channels[service] else { throw BenchmarkSuiteError("zhike-\(service) was not started.") }
        return channel
    }

    func stop() async {
        for channel in channels.values { await channel.close() }
        for process in processes { process.terminate() }
        let end = ContinuousClock.now + .seconds(12)
        for process in processes {
            while process.isRunning, .now < end { try? await Task.sleep(for: .milliseconds(20)) }
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
        await administrator.close()
        try? await server.stop()
        files.remove()
    }

    /// Starts services, runs `body` and stops them, whatever comes of it.
    static func with<Result>(
        _ services: [String], channelURL: String? = nil, _ body: (BenchmarkSuite) async throws -> Result
    ) async throws -> Result {
        let suite = try await start(services, channelURL: channelURL)
        do {
            let result = try await body(suite)
            await suite.stop()
            return result
        } catch {
            suite.files.tellLogs(of: services)
            await suite.stop()
            throw error
        }
    }
}

struct BenchmarkSuiteError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
