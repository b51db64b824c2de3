public import Foundation

/// A private Postgres server: own data folder, reachable by a unix socket in a folder that its owner alone may enter,
/// data checksums on. It stops when `stop()` is called or when this process ends, however it ends.
public final class EmbeddedPostgres: Sendable {
    /// The database superuser; trusted on the socket, whose folder nobody else may enter.
    public static let administrator = "postgres"

    /// The port is only a part of the socket's name: no TCP port is opened, so none can be taken.
    public static let port = 5432

    /// The folder that holds the socket; short enough for the 107 bytes of a socket's path.
    public let socketFolder: String

    /// The folder with Debian's programs, for those who want `psql` or `pgbench` too.
    public let binaries: URL

    private let guardProcess: GuardProcess

    private init(guardProcess: GuardProcess, socketFolder: String, binaries: URL) {
        self.guardProcess = guardProcess
        self.socketFolder = socketFolder
        self.binaries = binaries
    }

    /// Starts a server and returns when it accepts connections.
    ///
    /// - Parameters:
    ///   - folder: keeps the data after the stop. Without one the data live in a temporary folder and are removed.
    ///   - isDurable: `false` turns fsync off, for tests that no power failure interrupts.
    ///   - settings: server settings that go over those of `PostgresSettings`.
    /// - Throws: `EmbeddedPostgresError`, one sentence that says what to do.
    public static func start(
        folder: URL? = nil, isDurable: Bool = true, settings: [String: String] = [:]
    ) async throws -> EmbeddedPostgres {
        let installation = try PostgresInstallation.find()
        let data =
            folder
            ?? FileManager.default.temporaryDirectory
            .appending(path: "zhike-postgres-\(UUID().uuidString)", directoryHint: .isDirectory)
        var all = PostgresSettings.values(isDurable: isDurable)
        all.merge(settings) { _, given in given }
        let flags = all.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        let guardProcess = try GuardProcess(
            arguments: [
                installation.binaries.path, installation.account ?? "", data.absoluteURL.path,
                folder == nil ? "1" : "0",
            ] + flags)
        let socketFolder = try await guardProcess.ask(nil)
        return EmbeddedPostgres(
            guardProcess: guardProcess, socketFolder: socketFolder, binaries: installation.binaries)
    }

    /// A URL that libpq and `PostgresConfiguration(parsing:)` understand.
    public func connectionURL(user: String = administrator, database: String = "postgres") -> String {
        "postgresql://\(user)@/\(database)?host=\(socketFolder)&port=\(Self.port)"
    }

    /// An orderly stop of at most some seconds; a temporary data folder is removed.
    public func stop() async throws {
        _ = try await guardProcess.ask("stop")
    }

    /// An orderly stop and a start on the same folders. A server killed before is started too.
    public func restart() async throws {
        _ = try await guardProcess.ask("restart")
    }

    /// Ends the server's main process with SIGKILL and leaves it down, as a crash would. `startAgain()` recovers.
    public func kill9() async throws {
        _ = try await guardProcess.ask("kill")
    }

    /// Starts a server that `kill9()` ended, and returns when its recovery is done. Nothing happens to a running one.
    public func startAgain() async throws {
        _ = try await guardProcess.ask("start")
    }
}
