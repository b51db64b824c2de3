public import Foundation

/// Where the server's programs are, and which account may run them.
public struct PostgresInstallation: Sendable, Equatable {
    /// The oldest version whose SQL the migrations use.
    public static let oldestMajorVersion = 15

    /// The folder with `initdb`, `postgres` and `psql`.
    public let binaries: URL

    /// The account Postgres runs as. `nil` where this process is no root: then it is this process's own.
    public let account: String?

    /// Looks where Debian puts the packages; `ZHIKE_POSTGRES_BINARIES` names another folder.
    public static func find(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(EmbeddedPostgresError) -> PostgresInstallation {
        let candidates: [URL]
        if let given = environment["ZHIKE_POSTGRES_BINARIES"] {
            candidates = [URL(filePath: given, directoryHint: .isDirectory)]
        } else {
            candidates = debianFolders()
        }
        let found = candidates.first { folder in
            ["initdb", "postgres"].allSatisfy {
                FileManager.default.isExecutableFile(atPath: folder.appending(path: $0).path)
            }
        }
        guard let found else {
            throw EmbeddedPostgresError(
                "Postgres \(oldestMajorVersion) was not found: install it (apt-get install postgresql-15) "
                    + "or name the folder of its programs in ZHIKE_POSTGRES_BINARIES.")
        }
        return PostgresInstallation(binaries: found, account: unprivilegedAccount())
    }

    /// Version 15 first, as it is the one tested, then the newest.
    private static func debianFolders() -> [URL] {
        let root = URL(filePath: "/usr/lib/postgresql", directoryHint: .isDirectory)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        let versions = names.compactMap(Int.init).filter { $0 >= oldestMajorVersion }.sorted(by: >)
        let ordered = versions.filter { $0 == oldestMajorVersion } + versions.filter { $0 != oldestMajorVersion }
        return ordered.map { root.appending(path: "\($0)/bin", directoryHint: .isDirectory) }
    }

    /// Postgres refuses to run as root.
    private static func unprivilegedAccount() -> String? {
        guard geteuid() == 0 else { return nil }
        let accounts = (try? String(contentsOfFile: "/etc/passwd", encoding: .utf8)) ?? ""
        return accounts.split(separator: "\n").contains { $0.hasPrefix("postgres:") } ? "postgres" : "nobody"
    }
}
