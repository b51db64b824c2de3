internal import ArgumentParser
internal import Foundation
internal import RPC

/// Brings a CSV file in.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: localized(
            "Imports customers, traits, identities, consents and events from a CSV file.", "从 CSV 文件导入客户、属性、标识、授权和事件。"))

    @Argument(help: ArgumentHelp(localized("The file; .gz is read as it is.", "文件；可直接读取 .gz。")))
    var file: String

    @Option(help: ArgumentHelp(localized("The mapping file.", "映射文件。")))
    var mapping: String

    @Option(help: ArgumentHelp(localized("File for the rows that are refused.", "被拒绝行的输出文件。")))
    var rejects: String?

    @Flag(help: ArgumentHelp(localized("Imports the past campaign that the mapping describes.", "导入映射中描述的历史活动。")))
    var pastCampaign = false

    @OptionGroup var connection: Connection

    func run() async throws {
        try await withInterruption {
            try await connection.use { clients in
                let url = URL(fileURLWithPath: file)
                let map = URL(fileURLWithPath: mapping)
                if pastCampaign {
                    let id = try await PastCampaignImport(clients: clients, file: url, mappingFile: map).run()
                    Terminal.shared.result(localized("campaign \(id)", "活动 \(id)"))
                    return
                }
                let outcome = try await FileImport(
                    clients: clients, file: url, mappingFile: map, rejectsFile: rejects.map { URL(fileURLWithPath: $0) }
                ).run(receivedAt: Date())
                Terminal.shared.result(
                    localized(
                        "accepted \(outcome.accepted), rejected \(outcome.rejected)",
                        "接受 \(outcome.accepted)，拒绝 \(outcome.rejected)"))
            }
        }
    }
}
