internal import ArgumentParser
internal import Foundation
internal import RPC
internal import Synchronization

/// Brings a CSV file in.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: localized(
            "Imports customers, traits, identities, consents and events from a CSV file.", "从 CSV 文件导入客户、属性、标识、授权和事件。"),
        discussion: localized(
            """
            Run again after an interruption it goes on where it stood. Refused rows stand in a file beside the CSV \
            file, with number, column and reason. deploy/docs/import.md describes the mapping.
            """,
            "中断后再次运行将从断点继续。被拒绝的行连同行号、列名和原因写入 CSV 文件旁的文件。映射格式见 deploy/docs/import.md。"))

    @Argument(help: ArgumentHelp(localized("The file; .gz is read as it is.", "文件；可直接读取 .gz。")))
    var file: String

    @Option(help: ArgumentHelp(localized("The mapping file.", "映射文件。")))
    var mapping: String

    @Option(help: ArgumentHelp(localized("File for the rows that are refused.", "被拒绝行的输出文件。")))
    var rejects: String?

    @Flag(help: ArgumentHelp(localized("Imports the past campaign that the mapping describes.", "导入映射中描述的历史活动。")))
    var pastCampaign = false

    @OptionGroup(title: localized("Connection", "连接")) var connection: Connection

    func run() async throws {
        guard !pastCampaign else {
            return try await Self.importPast(file: file, mapping: mapping, rejects: rejects, connection: connection)
        }
        try await Self.toTheEnd {
            try await connection.use { clients in
                let outcome = try await FileImport(
                    clients: clients, file: URL(fileURLWithPath: file), mappingFile: URL(fileURLWithPath: mapping),
                    rejectsFile: rejects.map { URL(fileURLWithPath: $0) },
                    person: connection.person(Person.atTerminal.roles)
                ).run()
                Self.tell(accepted: outcome.accepted, rejected: outcome.rejected)
            }
        }
    }

    static func importPast(file: String, mapping: String, rejects: String?, connection: Connection) async throws {
        try await Self.toTheEnd {
            try await connection.use { clients in
                let outcome = try await PastCampaignImport(
                    clients: clients, file: URL(fileURLWithPath: file), mappingFile: URL(fileURLWithPath: mapping),
                    rejectsFile: rejects.map { URL(fileURLWithPath: $0) },
                    person: connection.person(Person.atTerminal.roles)
                ).outcome()
                Terminal.shared.result(localized("campaign \(outcome.campaignID)", "活动 \(outcome.campaignID)"))
                tell(accepted: outcome.accepted, rejected: outcome.rejected)
            }
        }
    }

    /// An interrupted import ends as a shell tells of Ctrl-C; the same command goes on with it later.
    private static func toTheEnd(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let isDone = Mutex(false)
        try await withInterruption {
            try await body()
            isDone.withLock { $0 = true }
        }
        guard isDone.withLock({ $0 }) else { throw ExitCode(130) }
    }

    private static func tell(accepted: Int64, rejected: Int64) {
        Terminal.shared.result(
            localized("accepted \(accepted), rejected \(rejected)", "接受 \(accepted)，拒绝 \(rejected)"))
    }
}
