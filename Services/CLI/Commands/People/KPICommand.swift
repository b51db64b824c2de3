internal import ArgumentParser
internal import Contracts
internal import RPC

/// Reports and their recomputation.
struct KPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kpi", abstract: localized("Shows reports and checks them against the logs.", "查看报告并与日志核对。"),
        subcommands: [Report.self, Verify.self])

    struct Report: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "report", abstract: localized("The effect of a campaign.", "活动效果。"))
        @Argument var campaign: Int64
        @OptionGroup var connection: Connection

        func run() async throws {
            let report = try await connection.use { clients in
                try await ReportReader(clients: clients).report(campaign)
            }
            Terminal.shared.result(ReportText(report: report).text)
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: localized(
                "Recomputes every number from the logs and lists the differences.", "由日志重算全部数字并列出差异。"))
        @Option(help: ArgumentHelp(localized("One campaign; without it all.", "指定活动；缺省为全部。"))) var campaign: Int64 = 0
        @OptionGroup var connection: Connection

        func run() async throws {
            let reply = try await connection.use { clients in
                try await ReportReader(clients: clients).verify(campaign)
            }
            for difference in reply.differences {
                Terminal.shared.result("\(difference.cell): \(difference.stored) ≠ \(difference.recomputed)")
            }
            Terminal.shared.result(
                localized(
                    "\(reply.cells) cells, \(reply.entries) entries, \(reply.differences.count) differences",
                    "\(reply.cells) 个单元，\(reply.entries) 条日志，\(reply.differences.count) 处差异"))
            if !reply.differences.isEmpty { throw ExitCode.failure }
        }
    }
}
