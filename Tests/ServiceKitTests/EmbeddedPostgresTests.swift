import Foundation
import TestSupport
import Testing

@testable import EmbeddedPostgres

@Suite("the private Postgres")
struct EmbeddedPostgresTests {
    private func ask(_ server: EmbeddedPostgres, _ statement: String) throws -> String {
        let process = Process()
        let answers = Pipe()
        process.executableURL = server.binaries.appending(path: "psql")
        process.arguments = [server.connectionURL(), "--no-psqlrc", "-Atqc", statement]
        process.standardOutput = answers
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: answers.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func temporaryFolder() -> URL {
        FileManager.default.temporaryDirectory.appending(path: "zhike-kit-\(UUID().uuidString)")
    }

    @Test("two run at once with checksums and their own data; a restart and a crash lose nothing committed")
    func life() async throws {
        async let starting = EmbeddedPostgres.start()
        let second = try await EmbeddedPostgres.start(isDurable: false)
        let first = try await starting
        #expect(first.socketFolder != second.socketFolder)
        #expect(first.socketFolder.utf8.count < 60)
        #expect(try ask(first, "SELECT current_setting('data_checksums'), current_setting('fsync')") == "on|on")
        #expect(try ask(second, "SELECT current_setting('fsync')") == "off")
        #expect(try ask(first, "CREATE TABLE kept AS SELECT 7 AS seven; SELECT 1") == "1")
        try await first.restart()
        #expect(try ask(first, "SELECT seven FROM kept") == "7")
        try await first.kill9()
        #expect(try ask(first, "SELECT 1") == "")
        try await first.startAgain()
        #expect(try ask(first, "SELECT seven FROM kept") == "7")
        #expect(try ask(second, "SELECT to_regclass('kept') IS NULL") == "t")
        try await first.stop()
        try await second.stop()
        #expect(!FileManager.default.fileExists(atPath: first.socketFolder))
    }

    @Test("a given folder keeps the data, and one that cannot be entered is named in the error")
    func folders() async throws {
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try await EmbeddedPostgres.start(folder: folder, isDurable: false)
        _ = try ask(first, "CREATE TABLE kept AS SELECT 7 AS seven")
        await #expect(throws: EmbeddedPostgresError.self) { try await EmbeddedPostgres.start(folder: folder) }
        #expect(try ask(first, "SELECT seven FROM kept") == "7")
        try await first.stop()
        let second = try await EmbeddedPostgres.start(folder: folder, isDurable: false)
        #expect(try ask(second, "SELECT seven FROM kept") == "7")
        try await second.stop()
        let error = await #expect(throws: EmbeddedPostgresError.self) {
            try await EmbeddedPostgres.start(folder: URL(filePath: "/proc/zhike"))
        }
        #expect(error?.message.contains("/proc/zhike") == true)
    }

    @Test("when the process that started it is gone, however it went, Postgres and its files go too")
    func parentGone() async throws {
        let (guardian, commands, folder) = try await startGuard()
        let server = try serverProcess(folder)
        #expect(isAlive(server))
        // What the kernel does at a SIGKILL of the parent.
        try commands.fileHandleForWriting.close()
        try await eventually("the end of the guard") { !guardian.isRunning }
        #expect(!isAlive(server))
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test("when the guard itself is killed, Postgres stops")
    func guardGone() async throws {
        let (guardian, commands, folder) = try await startGuard()
        let lines = try serverState(folder)
        defer {
            try? FileManager.default.removeItem(at: folder)
            try? FileManager.default.removeItem(atPath: lines[4])
        }
        let server = try serverProcess(folder)
        kill(guardian.processIdentifier, SIGKILL)
        try await eventually("the end of Postgres") { !isAlive(server) }
        try commands.fileHandleForWriting.close()
    }

    @Test("a server that is killed by somebody else is started again, and its files still go with the guard")
    func revived() async throws {
        let (guardian, commands, folder) = try await startGuard()
        let server = try serverProcess(folder)
        kill(server, SIGKILL)
        try await eventually("another server") {
            guard let state = try? serverState(folder), state.count > 7 else { return false }
            return Int32(state[0]) != server && state[7].hasPrefix("ready")
        }
        let next = try serverProcess(folder)
        try commands.fileHandleForWriting.close()
        try await eventually("the end of the guard") { !guardian.isRunning }
        #expect(!isAlive(next))
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    /// Its process, the pipe that keeps it, and the data folder.
    private func startGuard() async throws -> (Process, Pipe, URL) {
        let installation = try PostgresInstallation.find()
        let folder = temporaryFolder()
        let process = Process()
        let (commands, answers) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments =
            ["-c", GuardScript.text, "guard", installation.binaries.path, installation.account ?? "", folder.path, "1"]
            + ["-c", "listen_addresses=", "-c", "fsync=off"]
        process.standardInput = commands
        process.standardOutput = answers
        try process.run()
        let line = String(decoding: answers.fileHandleForReading.availableData, as: UTF8.self)
        #expect(line.hasPrefix("ready /tmp/zhike."))
        return (process, commands, folder)
    }

    private func serverProcess(_ folder: URL) throws -> Int32 {
        try #require(Int32(serverState(folder)[0]))
    }

    /// The lines of `postmaster.pid`: process, data, start, port, folder of the socket, …
    private func serverState(_ folder: URL) throws -> [String] {
        try String(contentsOf: folder.appending(path: "data/postmaster.pid"), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// A zombie is dead: it waits only for somebody to read its end.
    private func isAlive(_ process: Int32) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return false }
        return !status.contains("State:\tZ")
    }
}
