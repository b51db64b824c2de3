internal import EmbeddedPostgres
internal import Foundation
internal import Logging
internal import Postgres
internal import RPC
internal import ServiceKit

/// All five suite services and a Postgres of their own on this machine, supervised.
actor Suite {
    static let databaseName = "zhike"

    nonisolated let folder: SuiteFolder
    nonisolated let clients: SuiteClients
    nonisolated let httpPort: Int
    private nonisolated let isClockSimulated: Bool
    private nonisolated let postgres: EmbeddedPostgres
    private let processes: [SuiteProcess]
    nonisolated let administrator: PostgresPool

    /// Starts everything and returns when all answer.
    ///
    /// - Parameters:
    ///   - root: keeps data, keys and logs.
    ///   - simulatedStart: business time stands there until it is advanced; nil: it is the time of the machine.
    static func start(
        root: URL, httpPort: Int?, simulatedStart: Date?, channels: [ChannelAddress]
    ) async throws -> Suite {
        if let httpPort { try FreePort.require(httpPort) }
        let port = try httpPort ?? FreePort.find()
        let folder = try SuiteFolder(root: root)
        Terminal.shared.say(localized("starting Postgres", "正在启动 Postgres"))
        let postgres: EmbeddedPostgres
        do {
            postgres = try await EmbeddedPostgres.start(folder: folder.postgres)
        } catch {
            folder.removeSockets()
            throw error
        }
        let suite: Suite
        do {
            let pool = try await prepare(postgres, simulatedStart: simulatedStart)
            let settings = SuiteSettings(
                httpPort: port, isClockSimulated: simulatedStart != nil, channels: channels)
            try settings.write(
                to: folder, databaseSocket: postgres.socketFolder, databasePort: EmbeddedPostgres.port,
                databaseName: databaseName)
            suite = try Suite(
                folder: folder, httpPort: port, isClockSimulated: simulatedStart != nil, postgres: postgres,
                administrator: pool)
        } catch {
            try? await postgres.stop()
            folder.removeSockets()
            throw error
        }
        do {
            try await suite.startProcesses()
        } catch {
            // Interrupted, or one does not come up: what was started must not stay.
            await suite.stop()
            throw error
        }
        return suite
    }

    private static func prepare(_ postgres: EmbeddedPostgres, simulatedStart: Date?) async throws -> PostgresPool {
        let logger = Logger(label: "zhike") { _ in SwiftLogNoOpLogHandler() }
        let server = PostgresPool(try PostgresConfiguration(parsing: postgres.connectionURL()), logger: logger)
        try await Bootstrap.createDatabase(databaseName, pool: server)
        await server.close()
        let pool = PostgresPool(
            try PostgresConfiguration(parsing: postgres.connectionURL(database: databaseName)), logger: logger)
        try await Bootstrap.run(pool: pool)
        if let simulatedStart {
            try await SimulatedBusinessClock(pool: pool, timeZone: .gmt).begin(at: simulatedStart)
        }
        return pool
    }

    private init(
        folder: SuiteFolder, httpPort: Int, isClockSimulated: Bool, postgres: EmbeddedPostgres,
        administrator: PostgresPool
    ) throws {
        self.folder = folder
        self.httpPort = httpPort
        self.isClockSimulated = isClockSimulated
        self.postgres = postgres
        self.administrator = administrator
        let programs = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let beside = Bundle.main.executableURL?.deletingLastPathComponent() ?? programs
        processes = SuiteFolder.services.map { service in
            SuiteProcess(
                service: service, executable: beside.appending(path: "zhike-\(service)"),
                settings: folder.settings(of: service), log: folder.logs.appending(path: "\(service).log"))
        }
        clients = try SuiteClients(key: try folder.key(of: "zhike"), endpoint: folder.endpoint)
    }

    /// What other commands need to find this suite.
    nonisolated var running: RunningSuite {
        RunningSuite(
            address: address, sockets: folder.sockets.path,
            databaseURL: postgres.connectionURL(database: Self.databaseName), isClockSimulated: isClockSimulated)
    }

    nonisolated var address: String { "http://127.0.0.1:\(httpPort)" }

    private func startProcesses() async throws {
        // Profile owns what the others' grants and views stand on, so it is first; the rest start together.
        for process in processes {
            try process.start()
            if process.service == "profile" { try await waitUntilReady(process) }
        }
        for process in processes where process.service != "gateway" { try await waitUntilReady(process) }
        try await waitForGateway()
    }

    private func waitUntilReady(_ process: SuiteProcess) async throws {
        let end = ContinuousClock.now + .seconds(60)
        var lastError = "no answer"
        while ContinuousClock.now < end {
            do throws(RPCError) {
                let health = try await clients.health(of: process.service)
                if health.ready { return }
                lastError = health.reasons.joined(separator: "; ")
            } catch {
                lastError = error.description
            }
            if process.restarts > 3 { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw RuntimeError(
            .endpointUnavailable,
            localized(
                "\(process.service) does not start (\(lastError)). Its last lines:\n\(process.lastLines(5))",
                "\(process.service) 无法启动（\(lastError)）。最后的日志：\n\(process.lastLines(5))"))
    }

    private func waitForGateway() async throws {
        let client = GatewayClient(address: address)
        guard let gateway = processes.last, try await !gateway.comesUp({ await client.health()?.isReady == true })
        else { return }
        let lines = gateway.lastLines(5)
        throw RuntimeError(
            .endpointUnavailable,
            localized("The gateway does not start. Its last lines:\n\(lines)", "网关无法启动。最后的日志：\n\(lines)"))
    }

    /// Ends one of the processes, or Postgres, as a power cut would; it comes back by itself.
    func kill9(_ name: String) async throws {
        if name == "postgres" {
            try await postgres.kill9()
            try await postgres.startAgain()
        } else {
            processes.first { $0.service == name }?.kill9()
        }
    }

    func stop() async {
        await clients.close()
        for process in processes.reversed() { await process.stop() }
        await administrator.close()
        try? await postgres.stop()
        folder.removeSockets()
    }
}
