internal import ArgumentParser
internal import Contracts
internal import RPC

/// Reports and their recomputation.
struct KPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kpi", abstract: localized("Shows reports and checks them against the logs.", "查看报告并与日志核对。"),
        subcommands: [Report.self, Days.self, Activity.self, Verify.self, Rebuild.self])

    static let reader = ["analyst"]

    struct Report: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "report",
            abstract: localized(
                "The effect of a campaign; contains all that was acknowledged before.", "活动效果；包含此前已确认的全部数据。"))
        @Argument(help: ArgumentHelp(localized("Number of the campaign.", "活动编号。"))) var campaign: Int64
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let report = try await connection.use { clients in
                try await Waiting.show {
                    let after = try await KPICommand.caughtUp(clients, connection)
                    return try await Patience.call(for: connection.person(KPICommand.reader), seconds: 5) { options in
                        try await clients.kpi.getCampaignReport(
                            .init(campaignID: campaign, after: after), options: options)
                    }.report ?? KPIV1.CampaignReport()
                }
            }
            Terminal.shared.result(ReportText(report: report).text)
        }
    }

    struct Days: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "days", abstract: localized("Counts of a campaign by business day.", "按营业日统计活动。"))
        @Argument(help: ArgumentHelp(localized("Number of the campaign.", "活动编号。"))) var campaign: Int64
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let days = try await connection.use { clients in
                try await Waiting.show {
                    let after = try await KPICommand.caughtUp(clients, connection)
                    return try await Patience.call(for: connection.person(KPICommand.reader), seconds: 5) { options in
                        try await clients.kpi.getDaySeries(.init(campaignID: campaign, after: after), options: options)
                    }.days
                }
            }
            var table = Table([
                localized("day", "营业日"), localized("contacted", "触达"), localized("held", "对照"),
                localized("refused", "未触达"), localized("conversions", "转化"),
                localized("value (minor units)", "金额（最小单位）"),
            ])
            for day in days {
                let counts = [day.contacted, day.held, day.refused, day.conversions, day.valueMinor]
                table.add([day.day] + counts.map(String.init))
            }
            Terminal.shared.result(table.text)
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: localized(
                "Recomputes every number from the logs and lists the differences.", "由日志重算全部数字并列出差异。"),
            discussion: localized("Ends with 1 where there are differences.", "存在差异时退出码为 1。"))
        @Option(help: ArgumentHelp(localized("One campaign; without it all.", "指定活动；缺省为全部。"))) var campaign: Int64 = 0
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let reply = try await connection.use { clients in
                try await Waiting.show(localized("recomputing from the logs, seconds", "由日志重算，秒")) {
                    try await Patience.call(
                        for: connection.person(KPICommand.reader), seconds: 5, timeout: Self.longest
                    ) { options in
                        try await clients.kpi.verify(.init(campaignID: campaign), options: options)
                    }
                }
            }
            for difference in reply.differences {
                Terminal.shared.result("\(difference.cell): \(difference.stored) ≠ \(difference.recomputed)")
            }
            Terminal.shared.result(reply.summary)
            if !reply.differences.isEmpty { throw ExitCode.failure }
        }

        /// As long as any call may take; some hundred thousand entries are read in a second.
        private static let longest = Duration.seconds(600)
    }

    /// Where campaign's log stands once campaign has applied all of profile's.
    private static func caughtUp(
        _ clients: SuiteClients, _ connection: Connection
    ) async throws -> [CommonV1.LogPosition] {
        let profile = try await Patience.call(for: connection.person(reader), seconds: 5) { options in
            try await clients.profile.getPosition(.init(), options: options)
        }
        let campaign = try await Patience.call(for: connection.person(reader), seconds: 5) { options in
            try await clients.campaign.waitApplied(.init(position: profile.position), options: options)
        }
        return campaign.position.map { [$0] } ?? []
    }
}
