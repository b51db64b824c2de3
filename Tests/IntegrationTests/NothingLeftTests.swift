internal import Foundation
internal import TestSupport
internal import Testing

@testable internal import ZhikeCommands

/// `zhike up` as an operator runs it: however it ends, none of its processes stays.
@Suite("A suite that ends", .serialized)
struct NothingLeftTests {
    /// A running `zhike up` on a folder of its own.
    private struct Up {
        let root: URL
        let process = Process()

        init() async throws {
            root = FileManager.default.temporaryDirectory.appending(path: "zhike-up-\(UUID().uuidString.prefix(8))")
            let programs = try #require(Bundle.main.executableURL).deletingLastPathComponent()
            process.executableURL = programs.appending(path: "zhike")
            process.arguments = ["up", "--data", root.path, "--port", "\(try FreePort.find())"]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            process.standardInput = FileHandle.nullDevice
            try process.run()
        }

        /// Processes whose arguments name the folder: the suite services and Postgres.
        var processes: [Int32] {
            let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
            return numbers.compactMap { Int32($0) }.filter { number in
                guard number != process.processIdentifier,
                    let arguments = FileManager.default.contents(atPath: "/proc/\(number)/cmdline")
                else { return false }
                return String(decoding: arguments, as: UTF8.self).contains(root.path)
            }
        }

        func waitUntilRunning() async throws {
            let file = root.appending(path: "running.json")
            try await eventually("the suite runs", within: .seconds(90)) {
                FileManager.default.fileExists(atPath: file.path)
            }
            // Five suite services, Postgres and its guard.
            #expect(processes.count >= 7)
        }

        func waitUntilNothingRuns() async throws {
            try await eventually("nothing runs any more", within: .seconds(40)) {
                !process.isRunning && processes.isEmpty
            }
            try? FileManager.default.removeItem(at: root)
        }
    }

    @Test("by Ctrl-C leaves no process")
    func interrupted() async throws {
        let up = try await Up()
        try await up.waitUntilRunning()
        up.process.interrupt()
        try await up.waitUntilNothingRuns()
        #expect(up.process.terminationStatus == 0)
    }

    @Test("by Ctrl-C in the middle of its start leaves no process")
    func interruptedWhileStarting() async throws {
        let up = try await Up()
        try await eventually("a suite service has started", within: .seconds(60)) { up.processes.count >= 5 }
        up.process.interrupt()
        try await up.waitUntilNothingRuns()
    }

    @Test("by kill -9 of zhike itself leaves no process")
    func killed() async throws {
        let up = try await Up()
        try await up.waitUntilRunning()
        kill(up.process.processIdentifier, SIGKILL)
        try await up.waitUntilNothingRuns()
    }
}
