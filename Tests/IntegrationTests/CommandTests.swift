internal import ArgumentParser
internal import Foundation
internal import TestSupport
internal import Testing

@testable internal import ZhikeCommands

/// The commands of operations, run as they are on a suite that runs.
@Suite("Commands of operations")
struct CommandTests {
    @Test("find a suite by its folder, ask it, prepare its database again, and move its time")
    func running() async throws {
        let start = Date(timeIntervalSince1970: 1_772_416_800)
        try await RunningSuite.with(channel: "mobile_bank", start: start) { suite, _ in
            try suite.running.write(to: suite.folder.root)
            let data = ["--data", suite.folder.root.path]
            for service in SuiteFolder.services { try await Self.run(PingCommand.parse([service] + data)) }
            try await Self.run(MigrateCommand.parse(["--database", suite.running.databaseURL]))
            try await Self.run(AuditCommand.Verify.parse(data))
            try await Self.run(ClockCommand.Advance.parse(["90m"] + data))
            try await Self.run(ClockCommand.Show.parse(data))
            // A machine that is busy with other tests may be late with an answer.
            try await eventually("all five are well") {
                let findings = await SuiteChecks.findings(suite.clients, gateway: suite.address)
                return findings.map(\.check) == SuiteFolder.services && findings.allSatisfy { $0.state == .ok }
            }
            do {
                try await Self.run(DoctorCommand.parse(["--json"] + data))
            } catch let code as ExitCode {
                // Something of this machine, which is not the suite's.
                #expect(code == .failure)
            }
        }
    }

    private static func run(_ command: some AsyncParsableCommand) async throws {
        var command = command
        try await command.run()
    }
}
