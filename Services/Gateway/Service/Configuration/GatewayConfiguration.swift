public import RPC
public import ServiceKit

/// What the gateway is built from.
public struct GatewayConfiguration: Sendable {
    public var host = "127.0.0.1"
    /// 0 takes a free one.
    public var port = 0
    public var connectionLimit = 12_000
    /// Requests served at the same time.
    public var requestLimit = 256
    public var bodyByteLimit = 640 << 10
    public var headerByteLimit = 16_384
    public var readTimeoutMilliseconds = 15_000
    public var writeTimeoutMilliseconds = 15_000
    public var idleTimeoutMilliseconds = 30_000
    public var requestsPerSecond = 500
    public var requestBurst = 1_000
    public var issuer: String
    public var audience: String
    public var keySetFile: String
    /// Time between two looks at the key set file.
    public var keySetMilliseconds = 10_000
    public var channels: [ChannelConfiguration] = []
    /// Time between two rounds of asking about unknown deliveries.
    public var sweepMilliseconds = 5_000

    public init(issuer: String, audience: String, keySetFile: String) {
        self.issuer = issuer
        self.audience = audience
        self.keySetFile = keySetFile
    }

    /// From the settings of a process.
    public init(_ settings: ServiceConfiguration) throws(RuntimeError) {
        issuer = try settings.value(GatewaySettings.issuer)
        audience = try settings.value(GatewaySettings.audience)
        keySetFile = try settings.value(GatewaySettings.keySetFile)
        host = try settings.value(GatewaySettings.host)
        port = try settings.value(GatewaySettings.port)
        connectionLimit = try settings.value(GatewaySettings.connectionLimit)
        requestLimit = try settings.value(GatewaySettings.requestLimit)
        bodyByteLimit = try settings.value(GatewaySettings.bodyByteLimit)
        headerByteLimit = try settings.value(GatewaySettings.headerByteLimit)
        readTimeoutMilliseconds = try settings.value(GatewaySettings.readTimeoutMilliseconds)
        writeTimeoutMilliseconds = try settings.value(GatewaySettings.writeTimeoutMilliseconds)
        idleTimeoutMilliseconds = try settings.value(GatewaySettings.idleTimeoutMilliseconds)
        requestsPerSecond = try settings.value(GatewaySettings.requestsPerSecond)
        requestBurst = try settings.value(GatewaySettings.requestBurst)
        keySetMilliseconds = try settings.value(GatewaySettings.keySetMilliseconds)
        sweepMilliseconds = try settings.value(GatewaySettings.sweepMilliseconds)
        let file = try settings.value(GatewaySettings.channelsFile)
        if !file.isEmpty { channels = try ChannelConfiguration.read(file) }
    }
}
