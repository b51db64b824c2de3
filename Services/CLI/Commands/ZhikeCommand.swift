public import ArgumentParser
internal import ServiceKit

/// The `zhike` command for people.
public struct ZhikeCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "zhike",
        abstract: localized("Customer marketing that a bank runs by itself.", "银行自主运营的客户营销平台。"),
        version: SuiteVersion.current,
        subcommands: [
            UpCommand.self, ImportCommand.self, SegmentCommand.self, CampaignCommand.self, KPICommand.self,
            TokenCommand.self,
            ClockCommand.self, ChannelCommand.self, MigrateCommand.self, PingCommand.self, DoctorCommand.self,
            AuditCommand.self, BenchCommand.self,
            DemoCommand.self,
        ])

    public init() {}
}
