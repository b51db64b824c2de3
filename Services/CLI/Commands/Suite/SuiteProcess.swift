internal import Foundation
internal import RPC
internal import Synchronization

/// One suite service as a process of its own: started again when it ends without having been told to.
///
/// One task starts, waits for the end and starts again, so when that task is over, no process is left. The process also
/// stops by itself when this one ends, however it ends: its input, a pipe that only we hold, closes (`stop.withInput`).
final class SuiteProcess: Sendable {
    private struct State {
        var process: Process?
        /// Its other end is the standard input of the process.
        var input: Pipe?
        var isWanted = false
        var restarts = 0
        var supervision: Task<Void, Never>?
    }

    let service: String
    private let executable: URL
    private let settings: URL
    private let log: URL
    private let state = Mutex(State())

    /// - Parameter log: Gets what the process writes; appended.
    init(service: String, executable: URL, settings: URL, log: URL) {
        self.service = service
        self.executable = executable
        self.settings = settings
        self.log = log
    }

    var restarts: Int { state.withLock { $0.restarts } }

    /// The process that runs now; nil between two.
    var identifier: Int32? {
        state.withLock { $0.process?.isRunning == true ? $0.process?.processIdentifier : nil }
    }

    func start() throws {
        guard FileManager.default.isExecutableFile(atPath: executable.path) else {
            throw RuntimeError(
                .configurationInvalid,
                localized(
                    "The program \(executable.lastPathComponent) is missing beside zhike: build all products.",
                    "zhike 旁缺少程序 \(executable.lastPathComponent)：请构建全部产品。"))
        }
        state.withLock { $0.isWanted = true }
        let ended = try launch()
        let supervision = Task { await supervise(ended) }
        state.withLock { $0.supervision = supervision }
    }

    /// Starts a process; what is returned yields when it has ended.
    private func launch() throws -> AsyncStream<Void> {
        let process = Process()
        process.executableURL = executable
        process.arguments = ["--config", settings.path]
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ZHIKE_") }
        if !FileManager.default.fileExists(atPath: log.path) {
            _ = FileManager.default.createFile(atPath: log.path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        let output = try FileHandle(forWritingTo: log)
        try output.seekToEnd()
        process.standardOutput = output
        process.standardError = output
        let input = Pipe()
        process.standardInput = input
        let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
        let isStillWanted = state.withLock { state in
            state.process = process
            state.input = input
            return state.isWanted
        }
        if !isStillWanted { Self.tellToStop(process, input) }
        return ended
    }

    /// Starts it again whenever it ends, until it is not wanted. One that ends at once again and again is started more
    /// and more seldom.
    private func supervise(_ first: AsyncStream<Void>) async {
        var ended: AsyncStream<Void>? = first
        while true {
            let startedAt = ContinuousClock.now
            // Cancelling must not end this wait: it is over when the process is.
            if let ended { await Task { for await _ in ended {} }.value }
            let pause: Duration? = state.withLock { state in
                guard state.isWanted else { return nil }
                state.restarts += 1
                guard ContinuousClock.now - startedAt < .seconds(2) else { return .milliseconds(50) }
                return .milliseconds(min(5_000, 200 * state.restarts))
            }
            guard let pause, (try? await Task.sleep(for: pause)) != nil, state.withLock({ $0.isWanted }) else { return }
            ended = try? launch()
        }
    }

    /// By the pipe, because a signal that comes before the process listens for signals would be lost.
    private static func tellToStop(_ process: Process, _ input: Pipe?) {
        try? input?.fileHandleForWriting.close()
        if process.isRunning { process.terminate() }
    }

    /// As a power cut would end it; it is started again.
    func kill9() {
        if let identifier { kill(identifier, SIGKILL) }
    }

    /// Ends it in order and waits until it is gone; after the bound it is ended hard.
    func stop(within bound: Duration = .seconds(12)) async {
        let supervision = state.withLock { state in
            state.isWanted = false
            if let process = state.process { Self.tellToStop(process, state.input) }
            return state.supervision
        }
        guard let supervision else { return }
        // No more starts: this ends the pause before one.
        supervision.cancel()
        let hardStop = Task {
            try await Task.sleep(for: bound)
            kill9()
        }
        await supervision.value
        hardStop.cancel()
    }

    /// The last lines it wrote, for an error.
    func lastLines(_ count: Int) -> String {
        guard let text = try? String(contentsOf: log, encoding: .utf8) else { return "" }
        return text.split(separator: "\n").suffix(count).joined(separator: "\n")
    }
}
