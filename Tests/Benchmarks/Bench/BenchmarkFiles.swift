internal import Crypto
internal import EmbeddedPostgres
internal import Foundation
internal import JWTKit
internal import NIOCore
internal import NIOPosix
internal import RPC

/// The keys, settings and logs of the suite services of a benchmark, in a folder of their own.
struct BenchmarkFiles: Sendable {
    static let channel = "app_push"
    static let channelSecret = "benchmark-channel-secret"
    private static let services = ["profile", "segmentation", "campaign", "kpi", "gateway"]
    private static let issuer = "zhike-benchmark"

    let gatewayAddress: String
    private let folder: URL
    private let keys: [String: String]
    private let tokenKey = P256.Signing.PrivateKey()

    init(socketFolder: String, channelURL: String?) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "zhike-bench-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let port = try Self.freePort()
        gatewayAddress = "http://127.0.0.1:\(port)"
        keys = Dictionary(
            uniqueKeysWithValues: (Self.services + ["zhike"]).map { service in
                let secret = SymmetricKey(size: .bits256).withUnsafeBytes { Self.hexadecimal(Array($0)) }
                return (service, "\(service)-1:\(service):\(secret)")
            })
        try write(keys.values.sorted().joined(separator: "\n") + "\n", "keys")
        try write(Self.hexadecimal([UInt8](repeating: 7, count: 32)) + "\n", "audit")
        try write(Self.channelSecret, "channel")
        try write(keySet(), "jwks.json")
        try write(try Self.json(["channels": channelURL.map { [channelSettings($0)] } ?? []]), "channels.json")
        for service in Self.services {
            try write(try Self.json(settings(service, socketFolder: socketFolder, httpPort: port)), "\(service).json")
        }
    }

    func endpoint(of service: String) -> String { "ipc://\(folder.path)/\(service).ipc" }
    func settings(of service: String) -> URL { folder.appending(path: "\(service).json") }
    func key(of service: String) throws -> ServiceKey { try ServiceKey(parsing: keys[service] ?? "") }

    func log(of service: String) throws -> FileHandle {
        try write("", "\(service).log")
        return try FileHandle(forWritingTo: folder.appending(path: "\(service).log"))
    }

    /// Prints the last lines of each log, for a run that failed.
    func tellLogs(of services: [String]) {
        for service in services {
            guard let text = try? String(contentsOf: folder.appending(path: "\(service).log"), encoding: .utf8) else {
                continue
            }
            for line in text.split(separator: "\n").suffix(5) { print("\(service): \(line)") }
        }
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// A token of the mobile-banking backend.
    func token() async throws -> String {
        let keys = await JWTKeyCollection().add(
            ecdsa: try ES256PrivateKey(pem: tokenKey.pemRepresentation), kid: "benchmark")
        return try await keys.sign(
            Claims(
                iss: Self.issuer, sub: "mobile-bank", aud: AudienceClaim(value: ["zhike"]),
                exp: ExpirationClaim(value: Date().addingTimeInterval(3_600)), roles: ["channel"], office: "/"),
            kid: "benchmark")
    }

    private struct Claims: JWTPayload {
        let iss: String
        let sub: String
        let aud: AudienceClaim
        let exp: ExpirationClaim
        let roles: [String]
        let office: String

        func verify(using algorithm: some JWTAlgorithm) throws { try exp.verifyNotExpired() }
    }

    private func settings(_ service: String, socketFolder: String, httpPort: Int) -> [String: Any] {
        var settings: [String: Any] = [
            "keys": ["file": path("keys")],
            "log": ["format": "json", "level": "info"],
            "stop": ["withInput": true],
            "peers": Dictionary(
                uniqueKeysWithValues: Self.services.filter { $0 != "gateway" }.map { ($0, [endpoint(of: $0)]) }),
        ]
        if service == "gateway" {
            settings["http"] = ["port": httpPort]
            settings["rate"] = ["requestsPerSecond": 100_000, "burst": 100_000]
            settings["token"] = ["issuer": Self.issuer, "audience": "zhike", "keySetFile": path("jwks.json")]
            settings["channels"] = ["file": path("channels.json")]
        } else {
            settings["listen"] = ["endpoints": [endpoint(of: service)]]
            settings["database"] = [
                "host": socketFolder, "port": EmbeddedPostgres.port, "name": BenchmarkSuite.database,
            ]
            settings["audit"] = ["keyFile": path("audit")]
        }
        return settings
    }

    private func channelSettings(_ url: String) -> [String: Any] {
        ["name": Self.channel, "url": url, "secret_file": path("channel")]
    }

    /// The public half of the signing key (RFC 7517, RFC 7518 section 6.2).
    private func keySet() throws -> String {
        let point = tokenKey.publicKey.rawRepresentation
        let key = [
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "benchmark",
            "x": Self.base64URL(point.prefix(32)), "y": Self.base64URL(point.suffix(32)),
        ]
        return try Self.json(["keys": [key]])
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func write(_ text: String, _ name: String) throws {
        guard
            FileManager.default.createFile(
                atPath: path(name), contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw BenchmarkSuiteError("The folder of temporary files cannot be written.") }
    }

    private static func json(_ object: [String: Any]) throws -> String {
        String(
            decoding: try JSONSerialization.data(withJSONObject: object, options: .withoutEscapingSlashes),
            as: UTF8.self)
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { String(format: "%02x", $0) }.joined()
    }

    private static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func freePort() throws -> Int {
        let channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).wait()
        defer { try? channel.close().wait() }
        guard let port = channel.localAddress?.port else { throw BenchmarkSuiteError("No port is free.") }
        return port
    }
}
