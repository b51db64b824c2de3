internal import Foundation
internal import TestSupport
internal import Testing

@testable internal import ZhikeCommands

/// The supervision of one process, with a shell script in the place of a suite service.
@Suite("A supervised process")
struct SuiteProcessTests {
    /// A folder with a program that writes its number into `started` and then does what `body` says.
    private struct Sandbox {
        let folder: URL
        let process: SuiteProcess

        init(_ body: String) throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "zhike-process-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let program = folder.appending(path: "program")
            let text = "#!/bin/bash\necho $$ >>'\(folder.path)/started'\n\(body)\n"
            let written = folder.appending(path: "text")
            _ = FileManager.default.createFile(
                atPath: written.path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o700])
            // By a process of its own: what this one holds open for writing, a child that another test starts just then
            // holds too for a moment, and a file that is written cannot be run ("Text file busy").
            try Process.run(URL(filePath: "/bin/cp"), arguments: ["-p", written.path, program.path]).waitUntilExit()
            process = SuiteProcess(
                service: "program", executable: program, settings: folder.appending(path: "settings"),
                log: folder.appending(path: "log"))
        }

        var started: [Int32] {
            let text = (try? String(contentsOf: folder.appending(path: "started"), encoding: .utf8)) ?? ""
            return text.split(separator: "\n").compactMap { Int32($0) }
        }

        var running: [Int32] { started.filter { kill($0, 0) == 0 } }

        func remove() { try? FileManager.default.removeItem(at: folder) }
    }

    @Test("is started again when it is killed, and is gone after the stop")
    func restart() async throws {
        let sandbox = try Sandbox("read -r line")
        defer { sandbox.remove() }
        try sandbox.process.start()
        try await eventually("it runs") { sandbox.started.count == 1 }
        sandbox.process.kill9()
        try await eventually("it runs again") { sandbox.started.count == 2 && sandbox.running.count == 1 }
        #expect(sandbox.process.restarts == 1)
        await sandbox.process.stop()
        #expect(sandbox.running.isEmpty)
    }

    @Test("one that ends again and again is given up long before the bound, and its last lines say why")
    func neverComesUp() async throws {
        let sandbox = try Sandbox("echo 'the channel file is wrong'\nexit 1")
        defer { sandbox.remove() }
        try sandbox.process.start()
        let began = ContinuousClock.now
        #expect(try await !sandbox.process.comesUp(within: .seconds(120)) { false })
        #expect(ContinuousClock.now - began < .seconds(60))
        #expect(sandbox.process.lastLines(5).contains("the channel file is wrong"))
        await sandbox.process.stop()
    }

    @Test("one that answers has come up")
    func comesUp() async throws {
        let sandbox = try Sandbox("read -r line")
        defer { sandbox.remove() }
        try sandbox.process.start()
        let process = sandbox.process
        #expect(try await process.comesUp { process.identifier != nil })
        await process.stop()
    }

    @Test("a stop at any moment of restarts leaves no process")
    func stopAmidRestarts() async throws {
        for round in 0..<TestTier.rounds(short: 10, long: 200) {
            // Ends at once, or runs on and takes no notice of signals, as a process does that is still starting.
            let sandbox = try Sandbox("trap '' TERM\n[ $((RANDOM % 2)) = 0 ] && exit 1\nread -r line")
            defer { sandbox.remove() }
            try sandbox.process.start()
            for _ in 0..<(round % 5) { await Task.yield() }
            sandbox.process.kill9()
            if round % 2 == 0 { try await eventually("it was started") { !sandbox.started.isEmpty } }
            await sandbox.process.stop()
            let count = sandbox.started.count
            #expect(sandbox.running.isEmpty)
            #expect(sandbox.process.identifier == nil)
            #expect(sandbox.started.count == count)
        }
    }

    @Test("one that takes no notice of being told to stop is ended hard after the bound")
    func hardStop() async throws {
        let sandbox = try Sandbox("trap '' TERM\nwhile true; do read -r -t 1 line <>/dev/null; done")
        defer { sandbox.remove() }
        try sandbox.process.start()
        try await eventually("it runs") { sandbox.started.count == 1 }
        await sandbox.process.stop(within: .milliseconds(300))
        #expect(sandbox.running.isEmpty)
        #expect(sandbox.process.restarts == 0)
    }
}
