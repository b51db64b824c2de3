import Dispatch
internal import EmbeddedPostgres
internal import Foundation

/// Runs statements as the administrator through Debian's `psql`, so that tests of our own driver need not trust it.
enum PostgresCommand {
    static func run(_ statements: [String], on server: EmbeddedPostgres, database: String) async throws {
        let url = server.connectionURL(database: database)
        let program = server.binaries.appending(path: "psql")
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try runAndWait(program, url, statements) })
            }
        }
    }

    private static func runAndWait(_ program: URL, _ url: String, _ statements: [String]) throws {
        let process = Process()
        process.executableURL = program
        process.arguments =
            [url, "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"]
            + statements.flatMap { ["--command", $0] }
        let complaints = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = complaints
        try process.run()
        let said = complaints.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw EmbeddedPostgresError("psql refused: " + String(decoding: said, as: UTF8.self))
        }
    }
}
