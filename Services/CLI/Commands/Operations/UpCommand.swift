internal import ArgumentParser
internal import Foundation
internal import RPC

/// Runs all five suite services and a Postgres on this machine.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: localized(
            "Runs the five suite services and a Postgres of their own, supervised.", "运行五个服务及自带的 Postgres，并监管它们。"))

    @Option(help: ArgumentHelp(localized("Folder for data, keys and logs.", "数据、密钥和日志所在文件夹。")))
    var data: String = Connection.defaultData

    @Option(help: ArgumentHelp(localized("Port of the gateway.", "网关端口。")))
    var port = 8_080

    @Option(
        help: ArgumentHelp(
            localized(
                "Simulated business time to begin at, as 2026-03-02T02:00:00Z; without it business time is real.",
                "模拟业务时间的起点，如 2026-03-02T02:00:00Z；缺省为真实时间。")))
    var simulatedStart: String?

    @Option(
        help: ArgumentHelp(
            localized("A channel to customers, as name=http://…; may be repeated.", "触达渠道，如 name=http://…；可重复。")))
    var channel: [String] = []

    func run() async throws {
        let start = try simulatedStart.map { text in
            guard let date = try? Date(text, strategy: .iso8601) else {
                throw ValidationError(
                    localized("Write the time as 2026-03-02T02:00:00Z.", "请将时间写成 2026-03-02T02:00:00Z。"))
            }
            return date
        }
        let channels = try channel.map(Self.channel)
        let root = URL(fileURLWithPath: data)
        try await withInterruption {
            let suite = try await Suite.start(
                root: root, httpPort: port, simulatedStart: start, channels: channels)
            try suite.running.write(to: root)
            Terminal.shared.say(
                localized(
                    "The suite is running at \(suite.address); logs are in \(suite.folder.logs.path). Ctrl-C stops it.",
                    "系统运行于 \(suite.address)；日志在 \(suite.folder.logs.path)。按 Ctrl-C 停止。"))
            try? await Self.waitForEver()
            Terminal.shared.say(localized("stopping", "正在停止"))
            RunningSuite.remove(from: root)
            await suite.stop()
        }
    }

    private static func waitForEver() async throws {
        while true { try await Task.sleep(for: .seconds(3_600)) }
    }

    private static func channel(_ text: String) throws -> ChannelAddress {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, parts[1].hasPrefix("http") else {
            throw ValidationError(
                localized("Write a channel as sms=http://127.0.0.1:9000/sms.", "请将渠道写成 sms=http://127.0.0.1:9000/sms。"))
        }
        return ChannelAddress(name: parts[0], url: parts[1], statusURL: parts[1] + "/status/")
    }
}
