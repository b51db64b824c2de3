import Foundation
import Postgres
import RPC

/// The files that a suite service needs to start, in a folder of their own.
struct RunnerFiles {
    let folder: URL
    private let keys: [ServiceKey]

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "zk-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        var lines: [String] = []
        for (index, service) in ["profile", "gateway", "campaign"].enumerated() {
            lines.append("key-\(service):\(service):" + String(repeating: "0\(index + 1)", count: 32))
        }
        keys = try lines.map { try ServiceKey(parsing: $0) }
        try write(lines.joined(separator: "\n"), to: "keys")
        try write(String(repeating: "ab", count: 32), to: "audit-key")
    }

    var endpoint: String { "ipc://\(folder.path)/profile.sock" }

    func key(_ service: String) throws -> ServiceKey { try KeyRing(keys).signingKey(of: service) }

    func arguments(_ database: PostgresConfiguration) -> [String] {
        [
            "--keys-file", folder.appending(path: "keys").path, "--audit-key-file",
            folder.appending(path: "audit-key").path, "--listen-endpoints", endpoint, "--database-host", database.host,
            "--database-port", "\(database.port)", "--database-name", database.database,
        ]
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }

    private func write(_ text: String, to name: String) throws {
        let path = folder.appending(path: name)
        try Data(text.utf8).write(to: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path.path)
    }
}
