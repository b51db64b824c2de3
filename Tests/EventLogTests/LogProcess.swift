import Foundation

/// A worker process that can be killed and frozen.
final class LogProcess {
    let order: LogWorkerOrder
    private let process = Process()
    private let input = Pipe()

    init(_ order: LogWorkerOrder) throws {
        self.order = order
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--filter", "LogWorker", "--testing-library", "swift-testing"]
        var environment = ProcessInfo.processInfo.environment
        environment[LogWorkerOrder.variable] = String(decoding: try JSONEncoder().encode(order), as: UTF8.self)
        process.environment = environment
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    func freeze() { kill(process.processIdentifier, SIGSTOP) }
    func thaw() { kill(process.processIdentifier, SIGCONT) }

    /// As a crash would end it.
    func end() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
