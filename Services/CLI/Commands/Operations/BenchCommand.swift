internal import ArgumentParser
internal import Foundation
internal import RPC

/// Measures the suite on this machine by the program zhike-bench.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: localized("Measures one thing against its baseline in the same run.", "测量一个项目，并与同次运行的基线比较。"),
        discussion: localized(
            "Without a name it lists what can be measured. Everything after the name goes to zhike-bench.",
            "不给名称时列出可测量的项目。名称之后的内容将传给 zhike-bench。"))

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp(
            localized("What to measure, such as codec or rpc.", "测量项目，如 codec 或 rpc。"), valueName: "name"))
    var arguments: [String] = []

    func run() async throws {
        let program = Programs.folder.appending(path: "zhike-bench")
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            throw RuntimeError(
                .configurationInvalid,
                localized(
                    "The program zhike-bench is missing beside zhike: build it with swift build -c release --product "
                        + "zhike-bench, or run deploy/bench NAME.",
                    "zhike 旁缺少程序 zhike-bench：请用 swift build -c release --product zhike-bench 构建，或运行 deploy/bench NAME。")
            )
        }
        let isHelp = arguments.isEmpty || arguments == ["--help"] || arguments == ["-h"]
        if isHelp { Terminal.shared.result(Self.configuration.abstract + "\n") }
        let process = Process()
        process.executableURL = program
        process.arguments = isHelp ? ["--help"] : arguments
        // Ctrl-C reaches the program as well, being of the same terminal; it ends and so do we.
        signal(SIGINT, SIG_IGN)
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        if status != 0 { throw ExitCode(status) }
    }
}
