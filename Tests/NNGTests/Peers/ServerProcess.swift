import Foundation
import NNG
import TestSupport
import Testing

/// A server in a process of its own, made of this test program, so that it can be killed and frozen.
///
/// It echoes; a request that begins with 0 is never answered.
final class ServerProcess: Sendable {
    fileprivate static let endpointVariable = "ZHIKE_NNG_TEST_SERVES"
    fileprivate static let announcement = "listens on "

    struct DidNotStart: Error {}

    /// Where it listens, with the port found.
    let endpoint: Endpoint
    private let process: Process
    /// When this end closes, be it because this process dies, the server ends.
    private let leash: Pipe
    private let exit: Task<Void, Never>

    /// Returns when the process listens.
    init(_ endpoint: Endpoint) async throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
        process.arguments = ["--testing-library", "swift-testing", "--filter", "NNGTests.ServerProcessMain"]
        process.environment = ProcessInfo.processInfo.environment
            .merging([Self.endpointVariable: endpoint.description]) { $1 }
        leash = Pipe()
        process.standardInput = leash
        let output = Pipe()
        process.standardOutput = output
        let exited = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in exited.continuation.finish() }
        exit = Task { for await _ in exited.stream {} }
        try process.run()
        self.endpoint = try await Self.announced(by: output)
    }

    private static func announced(by output: Pipe) async throws -> Endpoint {
        let parts = AsyncStream<Data>.makeStream()
        let reading = output.fileHandleForReading
        // A thread of its own, to the end: what the process says after its announcement is dropped, so that it never waits
        // for us. A `readabilityHandler` that is there when its pipe goes can crash libdispatch.
        Thread.detachNewThread {
            while case let part = reading.availableData, !part.isEmpty { parts.continuation.yield(part) }
            parts.continuation.finish()
        }
        var text = ""
        for await part in parts.stream {
            text += String(decoding: part, as: UTF8.self)
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            where line.hasPrefix(announcement) {
                return try Endpoint(parsing: String(line.dropFirst(announcement.count)))
            }
        }
        throw DidNotStart()
    }

    func send(_ signal: Int32) {
        kill(process.processIdentifier, signal)
    }

    /// Stops the process, and returns when all of it stands still.
    func freeze() async throws {
        send(SIGSTOP)
        let tasks = "/proc/\(process.processIdentifier)/task"
        try await eventually("the standstill") {
            try FileManager.default.contentsOfDirectory(atPath: tasks).allSatisfy { task in
                try String(contentsOfFile: "\(tasks)/\(task)/status", encoding: .utf8).contains("State:\tT")
            }
        }
    }

    /// `kill -9`, and the wait for the end.
    func killAndWait() async {
        send(SIGKILL)
        await exit.value
    }
}

/// The other side: not a test, but what a `ServerProcess` runs.
@Suite("server process")
struct ServerProcessMain {
    private static let wanted = ProcessInfo.processInfo.environment[ServerProcess.endpointVariable]

    @Test("serves until its parent lets go", .enabled(if: wanted != nil))
    func serve() async throws {
        let server = try TestServer(Endpoint(parsing: try #require(Self.wanted)), contexts: 32) { request in
            request.first == 0 ? nil : request
        }
        FileHandle.standardOutput.write(Data("\n\(ServerProcess.announcement)\(server.listener.endpoint)\n".utf8))
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                _ = try? FileHandle.standardInput.readToEnd()
                continuation.resume()
            }
        }
        await server.close()
    }
}
