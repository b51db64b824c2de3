internal import ArgumentParser
internal import Contracts
internal import Foundation
internal import RPC

extension CampaignCommand {
    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "approve",
            abstract: localized(
                "Approves a draft; --user names another person than its makers.", "批准草稿；--user 须为制作人以外的人。"))

        @Argument(help: ArgumentHelp(localized("Number of the campaign.", "活动编号。"))) var campaign: Int64
        @Option(
            help: ArgumentHelp(
                localized(
                    "Why, as a code such as reviewed; stands in the audit log.", "理由代码，如 reviewed，将写入审计日志。"),
                valueName: "code"))
        var reason: String
        @Option(
            help: ArgumentHelp(
                localized("The version that was looked at; the newest where it is left out.", "所审阅的版本；缺省为最新版本。"),
                valueName: "number"))
        var version: Int64?
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            let reply = try await connection.use { clients in
                var approved = version ?? 0
                if version == nil {
                    approved = try await CampaignCommand.campaign(campaign, connection, clients).version
                }
                return try await Patience.call(for: connection.person(CampaignRole.checker), seconds: 5) {
                    [approved] options in
                    try await clients.campaign.approveCampaign(
                        .init(campaignID: campaign, version: approved, reason: reason), options: options)
                }
            }
            CampaignCommand.show(reply.campaign)
        }
    }

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "start", abstract: localized("Starts an approved campaign.", "启动已批准的活动。"))
        @OptionGroup var step: StepOptions

        func run() async throws { try await step.start() }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pause",
            abstract: localized("Pauses a running campaign: nothing more is sent.", "暂停运行中的活动：不再发送。"))
        @OptionGroup var step: StepOptions

        func run() async throws {
            let reply = try await step.connection.call(as: CampaignRole.maker) { clients, options in
                try await clients.campaign.pauseCampaign(.init(campaignID: step.campaign), options: options)
            }
            CampaignCommand.show(reply.campaign)
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume", abstract: localized("Goes on with a paused campaign.", "恢复已暂停的活动。"))
        @OptionGroup var step: StepOptions

        func run() async throws { try await step.start() }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "close", abstract: localized("Ends a campaign for good.", "结束活动（不可恢复）。"))
        @OptionGroup var step: StepOptions

        func run() async throws {
            let reply = try await step.connection.call(as: CampaignRole.maker) { clients, options in
                try await clients.campaign.closeCampaign(.init(campaignID: step.campaign), options: options)
            }
            CampaignCommand.show(reply.campaign)
        }
    }

    struct ImportPast: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import-past",
            abstract: localized(
                "Brings in a finished campaign with its arms as they were assigned.", "导入历史活动及其当时的分组。"))

        @Argument(help: ArgumentHelp(localized("The file; .gz is read as it is.", "文件；可直接读取 .gz。"))) var file: String
        @Option(help: ArgumentHelp(localized("The mapping file.", "映射文件。"))) var mapping: String
        @Option(help: ArgumentHelp(localized("File for the rows that are refused.", "被拒绝行的输出文件。"))) var rejects: String?
        @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

        func run() async throws {
            try await ImportCommand.importPast(
                file: file, mapping: mapping, rejects: rejects, connection: connection)
        }
    }
}

/// A step of one campaign.
struct StepOptions: ParsableArguments {
    @Argument(help: ArgumentHelp(localized("Number of the campaign.", "活动编号。"))) var campaign: Int64
    @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

    func start() async throws {
        let reply = try await connection.call(as: CampaignRole.maker) { clients, options in
            try await clients.campaign.startCampaign(.init(campaignID: campaign), options: options)
        }
        CampaignCommand.show(reply.campaign)
    }
}
