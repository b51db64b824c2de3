internal import Crypto
internal import Foundation
internal import RPC
internal import ServiceKit

/// Where a suite on one machine keeps its data, keys, sockets and settings. Nobody else may read it.
struct SuiteFolder: Sendable {
    static let services = Bootstrap.callableServices + ["gateway"]

    let root: URL
    /// Short, because the path of a unix socket may have only some hundred bytes.
    let sockets: URL

    var postgres: URL { root.appending(path: "postgres", directoryHint: .isDirectory) }
    var logs: URL { root.appending(path: "logs", directoryHint: .isDirectory) }
    var serviceKeys: URL { root.appending(path: "keys/services") }
    var auditKey: URL { root.appending(path: "keys/audit") }
    var tokenKey: URL { root.appending(path: "keys/token.pem") }
    var keySet: URL { root.appending(path: "keys/jwks.json") }
    var channelSecret: URL { root.appending(path: "keys/channel") }
    var channels: URL { root.appending(path: "channels.json") }

    func endpoint(of service: String) -> String { "ipc://\(sockets.path)/\(service).ipc" }
    func settings(of service: String) -> URL { root.appending(path: "settings/\(service).json") }

    /// Opens a folder, making what is missing; keys that are there stay.
    init(root: URL) throws {
        self.root = root
        sockets = FileManager.default.temporaryDirectory.appending(path: "zhike-\(UUID().uuidString.prefix(8))")
        // As root, Postgres runs as an account of its own, which must be able to pass through to its folder.
        try Self.make(root, permissions: geteuid() == 0 ? 0o711 : 0o700)
        for folder in [logs, root.appending(path: "keys"), root.appending(path: "settings"), sockets] {
            try Self.make(folder, permissions: 0o700)
        }
        try makeOnce(serviceKeys) {
            (Self.services + ["zhike"]).map { service in
                "\(service)-1:\(service):\(Self.hex(Self.random(32)))"
            }.joined(separator: "\n") + "\n"
        }
        try makeOnce(auditKey) { Self.hex(Self.random(32)) + "\n" }
        try makeOnce(channelSecret) { Self.hex(Self.random(32)) + "\n" }
        try makeOnce(tokenKey) { P256.Signing.PrivateKey().pemRepresentation + "\n" }
        try write(try Self.keySet(of: tokenKey), to: keySet)
    }

    private static func make(_ folder: URL, permissions: Int) throws {
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: permissions])
        } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
            throw RuntimeError(
                .configurationInvalid,
                localized(
                    "The disk of \(folder.path) is full: make room, or choose another folder.",
                    "\(folder.path) 所在磁盘已满：请腾出空间，或换一个文件夹。"))
        } catch {
            throw RuntimeError(
                .configurationInvalid,
                localized(
                    "The folder \(folder.path) cannot be made: check its path and rights, or choose another.",
                    "无法创建文件夹 \(folder.path)：请检查路径与权限，或换一个文件夹。"))
        }
    }

    func removeSockets() { try? FileManager.default.removeItem(at: sockets) }

    /// The key of a caller; the command calls as "zhike".
    func key(of service: String) throws -> ServiceKey { try Self.key(of: service, in: serviceKeys) }

    static func key(of service: String, in file: URL) throws -> ServiceKey {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            throw RuntimeError(
                .configurationInvalid,
                localized("The key file \(file.path) cannot be read.", "无法读取密钥文件 \(file.path)。"))
        }
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        return try KeyRing(lines.map { try ServiceKey(parsing: String($0)) }).signingKey(of: service)
    }

    func write(_ text: String, to file: URL) throws {
        guard
            FileManager.default.createFile(
                atPath: file.path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else {
            throw RuntimeError(
                .configurationInvalid,
                localized(
                    "The file \(file.lastPathComponent) cannot be written: check the rights of \(root.path).",
                    "无法写入文件 \(file.lastPathComponent)：请检查 \(root.path) 的权限。"))
        }
    }

    private func makeOnce(_ file: URL, _ text: () throws -> String) throws {
        if !FileManager.default.fileExists(atPath: file.path) { try write(try text(), to: file) }
    }

    private static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The public half of the signing key as a JSON Web Key Set (RFC 7517, RFC 7518 section 6.2).
    private static func keySet(of file: URL) throws -> String {
        let key = try P256.Signing.PrivateKey(pemRepresentation: String(contentsOf: file, encoding: .utf8))
        let point = key.publicKey.rawRepresentation
        let (x, y) = (base64URL(point.prefix(32)), base64URL(point.suffix(32)))
        return """
            {"keys": [{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "sandbox", "x": "\(x)", "y": "\(y)"}]}

            """
    }

    private static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
