/// The settings that every suite service has. A service adds its own to them.
public enum StandardSettings {
    public static let listenEndpoints = Setting<[String]>(
        "listen.endpoints", "where calls are served: ipc:// or tcp:// addresses", default: [])
    public static let keysFile = Setting<String>(
        "keys.file", "file of service keys, one id:service:secret a line: our own and our callers'")
    public static let callsAtOnce = Setting<Int>(
        "listen.callsAtOnce", "calls served at the same time; one more is refused at once", default: 128,
        mustBe: "from 1 to 10,000"
    ) { (1...10_000).contains($0) }

    public static let databaseHost = Setting<String>(
        "database.host", "host of Postgres, or the folder of its unix socket", default: "/var/run/postgresql")
    public static let databasePort = Setting<Int>(
        "database.port", "port of Postgres", default: 5432, mustBe: "from 1 to 65,535"
    ) { (1...65_535).contains($0) }
    public static let databaseName = Setting<String>("database.name", "name of the database", default: "zhike")
    public static let databasePasswordFile = Setting<String>(
        "database.passwordFile", "file with the password of zhike_SERVICE; empty where none is asked for", default: "")
    public static let databaseRequestPasswordFile = Setting<String>(
        "database.requestPasswordFile", "file with the password of zhike_SERVICE_request", default: "")
    public static let databasePoolSize = Setting<Int>(
        "database.poolSize", "connections as zhike_SERVICE (imports, consumers, machine calls)", default: 8,
        mustBe: "from 1 to 500"
    ) { (1...500).contains($0) }
    public static let databaseRequestPoolSize = Setting<Int>(
        "database.requestPoolSize", "connections as zhike_SERVICE_request (calls made for a person)", default: 8,
        mustBe: "from 1 to 500"
    ) { (1...500).contains($0) }

    public static let healthHost = Setting<String>(
        "health.host", "address of the health and metrics port", default: "127.0.0.1")
    public static let healthPort = Setting<Int>(
        "health.port", "port of health and metrics; 0 takes a free one", default: 0, mustBe: "from 0 to 65,535"
    ) {
        (0...65_535).contains($0)
    }
    public static let logFormat = Setting<String>(
        "log.format", "json or text", default: "json", mustBe: "json or text"
    ) { ["json", "text"].contains($0) }
    public static let logLevel = Setting<String>(
        "log.level", "the least level that is logged", default: "info",
        mustBe: "trace, debug, info, notice, warning, error or critical"
    ) {
        ["trace", "debug", "info", "notice", "warning", "error", "critical"].contains($0)
    }
    public static let clockMode = Setting<String>(
        "clock.mode", "business time: system, or simulated (the row in platform.clock)", default: "system",
        mustBe: "system or simulated"
    ) { ["system", "simulated"].contains($0) }
    public static let clockTimeZone = Setting<String>(
        "clock.timeZone", "the bank's time zone, for days and quiet hours", default: "Asia/Shanghai")
    public static let auditKeyFile = Setting<String>(
        "audit.keyFile", "file with the key of the audit chain: 64 hexadecimal digits", default: "")
    public static let stopTimeoutMilliseconds = Setting<Int>(
        "stop.timeoutMilliseconds", "the longest an orderly stop may take; then the process ends hard", default: 10_000,
        mustBe: "from 100 to 600,000"
    ) { (100...600_000).contains($0) }

    public static let stopWithInput = Setting<Bool>(
        "stop.withInput", "whether the process stops when its standard input ends; for whoever supervises it",
        default: false)

    /// Where another suite service is called.
    public static func peerEndpoints(_ service: String) -> Setting<[String]> {
        Setting("peers.\(service)", "addresses of \(service), one for each replica", default: [])
    }

    public static var all: [any AnySetting] {
        [
            listenEndpoints, keysFile, callsAtOnce, databaseHost, databasePort, databaseName, databasePasswordFile,
            databaseRequestPasswordFile, databasePoolSize, databaseRequestPoolSize, healthHost, healthPort, logFormat,
            logLevel, clockMode, clockTimeZone, auditKeyFile, stopTimeoutMilliseconds, stopWithInput,
        ] + Bootstrap.callableServices.map(peerEndpoints)
    }
}
