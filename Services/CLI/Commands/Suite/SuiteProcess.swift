internal import Foundation
internal import RPC
internal import Synchronization

/// One suite service as a process of its own: started again when it ends without having been told to.
final class SuiteProcess: Sendable {
    private struct State {
        var process: Process?
        var isWanted = false
        var startedAt = ContinuousClock.now
        var restarts = 0
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

    func start() throws {
        guard FileManager.default.isExecutableFile(atPath: executable.path) else {
            throw RuntimeError(
                .configurationInvalid,
                localized(
                    "The program \(executable.lastPathComponent) is missing beside zhike: build all products.",
                    "zhike 旁缺少程序 \(executable.lastPathComponent)：请构建全部产品。"))
        }
        state.withLock { $0.isWanted = true }
        try launch()
    }

    private func launch() throws {
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
        process.standardInput = FileHandle.nullDevice
        process.terminationHandler = { [weak self] _ in self?.ended() }
        try process.run()
        let isStillWanted = state.withLock { state in
            state.process = process
            state.startedAt = .now
            return state.isWanted
        }
        if !isStillWanted { process.terminate() }
    }

    /// A process that ends at once again and again is started more and more seldom.
    private func ended() {
        let pause: Double? = state.withLock { state in
            guard state.isWanted else { return nil }
            state.restarts += 1
            return ContinuousClock.now - state.startedAt < .seconds(2) ? min(5, 0.2 * Double(state.restarts)) : 0.05
        }
        guard let pause else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + pause) { [self] in
            guard state.withLock({ $0.isWanted }) else { return }
            do {
                try launch()
            } catch {
                ended()
            }
        }
    }

    /// As a power cut would end it; it is started again.
    func kill9() {
        let identifier = state.withLock { $0.process?.isRunning == true ? $0.process?.processIdentifier : nil }
        if let identifier { kill(identifier, SIGKILL) }
    }

    /// Ends it in order and waits; after the bound it is ended hard.
    func stop(within bound: Duration = .seconds(12)) async {
        let process = state.withLock { state -> Process? in
            state.isWanted = false
            return state.process
        }
        guard let process, process.isRunning else { return }
        process.terminate()
        let end = ContinuousClock.now + bound
        while process.isRunning, ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(20)) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// The last lines it wrote, for an error.
    func lastLines(_ count: Int) -> String {
        guard let text = try? String(contentsOf: log, encoding: .utf8) else { return "" }
        return text.split(separator: "\n").suffix(count).joined(separator: "\n")
    }
}
