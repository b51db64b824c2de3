public import Foundation
public import Logging
public import Postgres
public import RPC
internal import RPCNNGTransport
internal import ServiceLifecycle
internal import Synchronization

/// What a suite service finds when it is built: its settings, and on demand the database, other suite services, the
/// clock and the audit log. Whatever it takes from here is started before it and stopped after it.
public final class ServiceEnvironment: Sendable {
    /// The suite service, such as `profile`; also the name of its schema.
    public let name: String
    public let configuration: ServiceConfiguration
    public let logger: Logger
    public let keys: KeyRing
    public let readiness = Readiness()
    public let metrics: MetricsRegistry
    private let made = Mutex(Made())

    private struct Made {
        var pools: [String: PostgresPool] = [:]
        var channels: [String: NNGChannel] = [:]
        var services: [any Service] = []
    }

    public init(configuration: ServiceConfiguration, logger: Logger, metrics: MetricsRegistry) throws {
        name = configuration.serviceName
        self.configuration = configuration
        self.logger = logger
        self.metrics = metrics
        keys = try SecretFile.readKeys(configuration.value(StandardSettings.keysFile))
    }

    /// Connections as `zhike_X`, the owner of the schema: imports, consumers, calls of machines.
    ///
    /// - Parameter planning: to be given by the first who asks, before `migrate`; nil is what that one wanted.
    public func database(planning: StatementPlanning? = nil) throws -> PostgresPool {
        try pool(
            user: Bootstrap.ownerRole(of: name), size: StandardSettings.databasePoolSize,
            passwordFile: StandardSettings.databasePasswordFile, planning)
    }

    /// Connections as `zhike_X_request`: calls made for a person, always with `officePath`. They read views alone.
    public func requestDatabase() throws -> PostgresPool {
        try pool(
            user: Bootstrap.requestRole(of: name), size: StandardSettings.databaseRequestPoolSize,
            passwordFile: StandardSettings.databaseRequestPasswordFile, isForPersons: true)
    }

    /// Calls to another suite service, at the addresses of `peers.<service>`, signed with our own key.
    public func channel(to service: String) throws -> any RPCCaller { try openChannel(to: service) }

    /// Whether another suite service can be reached, over the channel to it.
    public func connectionCheck(to service: String) throws -> ReadinessCheck {
        let channel = try openChannel(to: service)
        return ReadinessCheck(service) { channel.isConnected ? nil : "not connected" }
    }

    private func openChannel(to service: String) throws -> NNGChannel {
        let endpoints = try configuration.value(StandardSettings.peerEndpoints(service))
        guard !endpoints.isEmpty else {
            throw RuntimeError(
                .configurationInvalid, "The addresses of \(service) are missing: set peers.\(service).")
        }
        let key = try keys.signingKey(of: name)
        return try made.withLock { made in
            if let channel = made.channels[service] { return channel }
            let channel = try NNGChannel(serviceName: service, endpoints: endpoints, key: key)
            made.channels[service] = channel
            made.services.append(ChannelClosing(channel: channel))
            return channel
        }
    }

    /// The bank's time zone.
    public func timeZone() throws -> TimeZone {
        let identifier = try configuration.value(StandardSettings.clockTimeZone)
        guard let zone = TimeZone(identifier: identifier) else {
            throw RuntimeError(
                .configurationInvalid, "clock.timeZone is no known time zone: write it like Asia/Shanghai.")
        }
        return zone
    }

    /// Business time, as `clock.mode` says.
    public func clock() throws -> any BusinessClock {
        guard try configuration.value(StandardSettings.clockMode) == "simulated" else {
            return SystemBusinessClock(timeZone: try timeZone())
        }
        return SimulatedBusinessClock(pool: try database(), timeZone: try timeZone())
    }

    public func auditLog() throws -> AuditLog {
        let file = try configuration.value(StandardSettings.auditKeyFile)
        guard !file.isEmpty else {
            throw RuntimeError(.configurationInvalid, "The key of the audit chain is missing: set audit.keyFile.")
        }
        return AuditLog(try AuditChain(service: name, keyFile: file), logger: logger)
    }

    /// Signs the cursors of paged methods with our own key.
    public func pageCursor() throws -> PageCursor {
        PageCursor(key: try keys.signingKey(of: name), alsoAccepting: keys.keys.filter { $0.service == name })
    }

    /// What was taken from here and has to run, in the order in which it was made.
    var services: [any Service] { made.withLock { $0.services } }

    private func pool(
        user: String, size: Setting<Int>, passwordFile: Setting<String>, _ planning: StatementPlanning? = nil,
        isForPersons: Bool = false
    ) throws -> PostgresPool {
        var settings = PostgresConfiguration()
        if planning == .once { settings.sessionSettings["plan_cache_mode"] = "force_generic_plan" }
        settings.host = try configuration.value(StandardSettings.databaseHost)
        settings.port = try configuration.value(StandardSettings.databasePort)
        settings.database = try configuration.value(StandardSettings.databaseName)
        settings.user = user
        settings.applicationName = "zhike-\(name)"
        settings.poolSize = try configuration.value(size)
        let file = try configuration.value(passwordFile)
        if !file.isEmpty { settings.password = try SecretFile.read(file, meaning: "the password of \(user)") }
        if isForPersons { settings = settings.forPersons }
        return made.withLock { [settings] made in
            if let pool = made.pools[user] {
                precondition(planning == nil, "the planning of a pool is chosen by the first who asks for it")
                return pool
            }
            let pool = PostgresPool(settings, logger: logger)
            made.pools[user] = pool
            made.services.append(PoolClosing(pool: pool))
            readiness.add(.database(pool, role: user))
            return pool
        }
    }
}

/// How often the server plans a statement that comes again with other values.
public enum StatementPlanning: Sendable {
    /// As Postgres finds right: for statements whose best plan depends on the values, such as those of rules.
    case adaptive
    /// Once a connection: for statements that go through keys, whatever the values. Postgres takes a list of one for
    /// cheaper than a list of unknown length and then plans such a statement each time, which costs more than to run it.
    case once
}

/// Closes a pool when the process stops, after those who use it.
private struct PoolClosing: Service {
    let pool: PostgresPool

    func run() async throws {
        try? await gracefulShutdown()
        await pool.close()
    }
}

/// Closes a channel when the process stops, after those who use it.
private struct ChannelClosing: Service {
    let channel: NNGChannel

    func run() async throws {
        try? await gracefulShutdown()
        await channel.close()
    }
}
