internal import ArgumentParser
internal import Foundation
internal import RPC
internal import ServiceKit

/// Runs all five suite services and a Postgres on this machine.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: localized(
            "Runs the five suite services and a Postgres of their own, supervised.", "运行五个服务及自带的 Postgres，并监管它们。"),
        discussion: localized(
            "Data, keys and logs stay in the folder; the next start goes on with them. Ctrl-C stops everything.",
            "数据、密钥和日志保留在文件夹中，下次启动时继续使用。按 Ctrl-C 停止全部。"))

    @Option(help: ArgumentHelp(localized("Folder for data, keys and logs.", "数据、密钥和日志所在文件夹。")))
    var data: String = Connection.defaultData

    @Option(help: ArgumentHelp(localized("Port of the gateway.", "网关端口。")))
    var port = 8_080

    @Option(
        help: ArgumentHelp(
            localized(
                "Simulated business time to begin at, as 2026-03-02T02:00:00Z; without it business time is real.",
                "模拟业务时间的起点，如 2026-03-02T02:00:00Z；缺省为真实时间。")),
        transform: { try Moment.parse($0) })
    var simulatedStart: Date?

    @Option(
        help: ArgumentHelp(
            localized(
                "A channel to customers, as sms=http://127.0.0.1:9000/deliveries; may be repeated.",
                "触达渠道，如 sms=http://127.0.0.1:9000/deliveries；可重复。")))
    var channel: [String] = []

    @Option(
        help: ArgumentHelp(
            localized(
                "Name of a channel that takes each dedupe key once, so that it may be posted again; may be repeated.",
                "按去重键去重的渠道名称，可安全重发；可重复。"),
            valueName: "channel"))
    var deduplicates: [String] = []

    @Flag(help: ArgumentHelp(localized("Does not show the logs; they are in the folder.", "不显示日志；日志保存在文件夹中。")))
    var quiet = false

    func validate() throws {
        guard (1...65_535).contains(port) else {
            throw ValidationError(localized("Give a port from 1 to 65535.", "端口应为 1 到 65535。"))
        }
        let names = try channels().map(\.name)
        if let unknown = deduplicates.first(where: { !names.contains($0) }) {
            throw ValidationError(
                localized(
                    "--deduplicates names \(unknown), which is no --channel.",
                    "--deduplicates 指定的 \(unknown) 不在 --channel 中。"))
        }
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw ValidationError(localized("The channel \(twice) is named twice.", "渠道 \(twice) 重复。"))
        }
    }

    func run() async throws {
        let channels = try channels()
        let root = URL(fileURLWithPath: data)
        try FreePort.require(port)
        let lock = try FolderLock(root)
        let logs = LogFollower(folder: root.appending(path: "logs"))
        let following = quiet ? nil : Task { await logs.run() }
        defer { following?.cancel() }
        try await withInterruption {
            let suite = try await Suite.start(
                root: root, httpPort: port, simulatedStart: simulatedStart, channels: channels)
            await Self.tellClock(suite, isSimulated: simulatedStart != nil)
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
        following?.cancel()
        await following?.value
        _ = consume lock
    }

    /// A folder keeps its simulated time over restarts, so that what was asked for may not be what holds.
    private static func tellClock(_ suite: Suite, isSimulated: Bool) async {
        let clock = SimulatedBusinessClock(pool: suite.administrator, timeZone: .gmt)
        guard let moment = try? await clock.now().formatted(.iso8601) else { return }
        if isSimulated {
            Terminal.shared.say(localized("Business time stands at \(moment).", "业务时间为 \(moment)。"))
        } else {
            Terminal.shared.say(
                localized(
                    "Business time was simulated in this folder and stood at \(moment); now it is real. Start with "
                        + "--simulated-start to go on with it.",
                    "此文件夹曾使用模拟业务时间 \(moment)，现为真实时间。如需继续模拟，请用 --simulated-start 启动。"))
        }
    }

    private static func waitForEver() async throws {
        while true { try await Task.sleep(for: .seconds(3_600)) }
    }

    private func channels() throws -> [ChannelAddress] {
        try channel.map { text in
            var address = try Self.channel(text)
            address.deduplicates = deduplicates.contains(address.name)
            return address
        }
    }

    /// The channel tells at the address beside, `…/status/KEY`, whether it took a message.
    static func channel(_ text: String) throws -> ChannelAddress {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let url = URL(string: parts[1]), ["http", "https"].contains(url.scheme),
            url.host() != nil
        else {
            throw ValidationError(
                localized(
                    "Write a channel as sms=http://127.0.0.1:9000/deliveries.",
                    "请将渠道写成 sms=http://127.0.0.1:9000/deliveries。"))
        }
        guard isName(parts[0]) else {
            throw ValidationError(
                localized(
                    "The channel \(parts[0]) cannot be named so: take 1 to 48 small letters, digits and _, a letter first.",
                    "渠道名称 \(parts[0]) 无效：应为 1 到 48 个小写字母、数字和 _，以字母开头。"))
        }
        let status = (url.path().isEmpty ? url : url.deletingLastPathComponent()).appending(path: "status")
        guard max(parts[1].count, status.absoluteString.count) <= longestAddress else {
            throw ValidationError(
                localized(
                    "The address of the channel \(parts[0]) is longer than \(longestAddress) characters.",
                    "渠道 \(parts[0]) 的地址超过 \(longestAddress) 个字符。"))
        }
        return ChannelAddress(name: parts[0], url: parts[1], statusURL: status.absoluteString)
    }

    /// Of what the gateway takes in its file of channels.
    private static let longestAddress = 500

    /// As the gateway reads its file of channels, and campaigns name one.
    private static func isName(_ text: String) -> Bool {
        guard (1...48).contains(text.utf8.count), let first = text.unicodeScalars.first else { return false }
        let letters: ClosedRange<Unicode.Scalar> = "a"..."z"
        return letters.contains(first)
            && text.unicodeScalars.allSatisfy { letters.contains($0) || ("0"..."9").contains($0) || $0 == "_" }
    }
}
