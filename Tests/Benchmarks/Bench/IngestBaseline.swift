internal import EmbeddedPostgres
internal import Foundation
internal import Postgres

/// psql's COPY of entries of profile.log into an empty copy of the table with its indexes.
struct IngestBaseline: Sendable {
    private let server: EmbeddedPostgres
    private let administrator: PostgresPool
    private let file = FileManager.default.temporaryDirectory.appending(path: "zhike-entries-\(UUID().uuidString)")

    init(_ suite: BenchmarkSuite) {
        server = suite.server
        administrator = suite.administrator
    }

    /// Writes the entries that were stored since the last call to the file that `copy` reads, in the order in which they
    /// were stored.
    ///
    /// - Throws: where they are not as many as were acknowledged.
    func keepNewEntries(count: Int) async throws {
        let entries = "SELECT * FROM profile.log WHERE kind = 1 ORDER BY ctid DESC LIMIT \(count)"
        let written = try await administrator.query(
            "SELECT count(*) FROM profile.log WHERE kind = 1")[0].decode(0, as: Int64.self)
        guard written > 0, written.isMultiple(of: Int64(count)) else {
            throw BenchmarkSuiteError("The log holds \(written) events: some were lost or doubled.")
        }
        _ = try await psql(
            #"\copy (SELECT * FROM (\#(entries)) AS entries ORDER BY recorded_at, partition, log_offset) TO '\#(file.path)'"#
        )
    }

    /// The time from the start of psql to its end; the table is made before and dropped after.
    func copy() async throws -> Duration {
        try await administrator.execute("CREATE TABLE profile.log_copy (LIKE profile.log INCLUDING ALL)")
        let duration = try await psql(#"\copy profile.log_copy FROM '\#(file.path)'"#)
        try await administrator.execute("DROP TABLE profile.log_copy")
        return duration
    }

    func removeFile() { try? FileManager.default.removeItem(at: file) }

    private func psql(_ command: String) async throws -> Duration {
        let process = Process()
        process.executableURL = server.binaries.appending(path: "psql")
        process.arguments = [
            "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", command,
            server.connectionURL(database: BenchmarkSuite.database),
        ]
        process.standardInput = FileHandle.nullDevice
        let start = ContinuousClock.now
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                continuation.resume(throwing: error)
            }
        }
        guard status == 0 else { throw BenchmarkSuiteError("psql failed.") }
        return start.duration(to: .now)
    }
}
