internal import Dispatch
internal import Foundation

/// The guard's process and the two pipes to it. One command at a time; every command has one line as its answer.
final class GuardProcess: Sendable {
    private let process = Process()
    private let commands = Pipe()
    private let answers = Pipe()
    /// Reading a pipe blocks, which the cooperative pool must not.
    private let queue = DispatchQueue(label: "zhike.embedded-postgres")

    init(arguments: [String]) throws(EmbeddedPostgresError) {
        // A guard that was killed must give an error at the next command, not end this process.
        signal(SIGPIPE, SIG_IGN)
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", GuardScript.text, "zhike-postgres-guard"] + arguments
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"]
        process.standardInput = commands
        process.standardOutput = answers
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw EmbeddedPostgresError("The guard of Postgres needs /bin/bash, which could not be started.")
        }
    }

    /// Sends a command (none: waits for what the guard says first) and returns what follows `done` or `ready`.
    func ask(_ command: String?) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.exchange(command) }) }
        }
    }

    private func exchange(_ command: String?) throws -> String {
        do {
            if let command { try commands.fileHandleForWriting.write(contentsOf: Data("\(command)\n".utf8)) }
        } catch {
            throw EmbeddedPostgresError("The guard of Postgres has ended: start Postgres again.")
        }
        var line = Data()
        while line.last != UInt8(ascii: "\n") {
            let data = answers.fileHandleForReading.availableData
            if data.isEmpty { throw EmbeddedPostgresError("The guard of Postgres has ended: start Postgres again.") }
            line.append(data)
        }
        let words = String(decoding: line.dropLast(), as: UTF8.self).split(separator: " ", maxSplits: 1)
        let rest = words.count > 1 ? String(words[1]) : ""
        if words.first == "failed" { throw EmbeddedPostgresError(rest) }
        return rest
    }
}
