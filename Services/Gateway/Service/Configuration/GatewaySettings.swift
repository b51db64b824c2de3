public import ServiceKit

/// The settings of the gateway besides the standard ones.
public enum GatewaySettings {
    static let host = Setting<String>("http.host", "address of the HTTP port", default: "127.0.0.1")
    static let port = Setting<Int>(
        "http.port", "port of HTTP; 0 takes a free one", default: 8_080, mustBe: "from 0 to 65,535"
    ) {
        (0...65_535).contains($0)
    }
    static let connectionLimit = Setting<Int>(
        "http.connectionLimit", "connections at the same time", default: 12_000, mustBe: "from 1 to 100,000"
    ) {
        (1...100_000).contains($0)
    }
    static let requestLimit = Setting<Int>(
        "http.requestLimit", "requests served at the same time; one more is refused with 429", default: 256,
        mustBe: "from 1 to 10,000"
    ) { (1...10_000).contains($0) }
    static let bodyByteLimit = Setting<Int>(
        "http.bodyByteLimit", "the longest body of a request; what is made of it must fit one call", default: 640 << 10,
        mustBe: "from 1,024 to 786,432"
    ) {
        (1_024...786_432).contains($0)
    }
    static let headerByteLimit = Setting<Int>(
        "http.headerByteLimit", "the longest headers of a request together", default: 16_384,
        mustBe: "from 1,024 to 81,920"
    ) { (1_024...81_920).contains($0) }
    static let readTimeoutMilliseconds = Setting<Int>(
        "http.readTimeoutMilliseconds", "the longest that a request may take to arrive", default: 15_000,
        mustBe: "from 100 to 600,000"
    ) { (100...600_000).contains($0) }
    static let writeTimeoutMilliseconds = Setting<Int>(
        "http.writeTimeoutMilliseconds", "the longest that a caller may let replies wait without reading on",
        default: 15_000, mustBe: "from 100 to 600,000"
    ) { (100...600_000).contains($0) }
    static let idleTimeoutMilliseconds = Setting<Int>(
        "http.idleTimeoutMilliseconds", "a connection without a request is closed after", default: 30_000,
        mustBe: "from 100 to 600,000"
    ) { (100...600_000).contains($0) }
    static let requestsPerSecond = Setting<Int>(
        "rate.requestsPerSecond", "requests a second for each token's subject", default: 500,
        mustBe: "from 1 to 1,000,000"
    ) { (1...1_000_000).contains($0) }
    static let requestBurst = Setting<Int>(
        "rate.burst", "requests that may come at once after a pause", default: 1_000, mustBe: "from 1 to 1,000,000"
    ) {
        (1...1_000_000).contains($0)
    }
    static let issuer = Setting<String>("token.issuer", "iss that tokens must have")
    static let audience = Setting<String>("token.audience", "aud that tokens must have", default: "zhike")
    static let keySetFile = Setting<String>("token.keySetFile", "JWKS file of the keys that sign tokens")
    static let keySetMilliseconds = Setting<Int>(
        "token.keySetMilliseconds", "time between two looks whether the key set has changed", default: 10_000,
        mustBe: "from 100 to 3,600,000"
    ) { (100...3_600_000).contains($0) }
    static let channelsFile = Setting<String>(
        "channels.file", "JSON file of the channels to customers; empty for none", default: "")
    static let sweepMilliseconds = Setting<Int>(
        "channels.sweepMilliseconds", "time between two rounds of asking about unknown deliveries", default: 5_000,
        mustBe: "from 100 to 600,000"
    ) { (100...600_000).contains($0) }

    public static var all: [any AnySetting] {
        [
            host, port, connectionLimit, requestLimit, bodyByteLimit, headerByteLimit, readTimeoutMilliseconds,
            writeTimeoutMilliseconds, idleTimeoutMilliseconds, requestsPerSecond, requestBurst, issuer, audience,
            keySetFile, keySetMilliseconds, channelsFile, sweepMilliseconds,
        ]
    }
}
