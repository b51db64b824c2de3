internal import ArgumentParser
internal import Foundation
internal import Logging
internal import RPC
internal import Sandbox

/// Runs a simulated channel to customers, to try `zhike up --channel` with.
struct ChannelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "channel",
        abstract: localized(
            "Runs a simulated channel that prints what arrives, and misbehaves as it is told.",
            "运行模拟渠道：打印收到的触达，并可按参数模拟故障。"),
        discussion: localized(
            "Start the suite with zhike up --channel NAME=http://127.0.0.1:PORT/deliveries. For trying out alone.",
            "用 zhike up --channel 名称=http://127.0.0.1:端口/deliveries 启动系统。仅供试用。"))

    @Argument(help: ArgumentHelp(localized("Name of the channel, such as sms.", "渠道名称，如 sms。"))) var name: String

    @Option(help: ArgumentHelp(localized("Port; 0 takes a free one.", "端口；0 为任意空闲端口。"))) var port = 9_000

    @Option(
        help: ArgumentHelp(
            localized(
                "File with the secret of the signature; that of the suite in --data otherwise.",
                "签名密钥文件；缺省为 --data 中系统的密钥。"),
            valueName: "file"))
    var secretFile: String?

    @Option(help: ArgumentHelp(localized("Folder of a suite started with zhike up.", "由 zhike up 启动的系统所在文件夹。")))
    var data: String = Connection.defaultData

    @Option(
        help: ArgumentHelp(
            localized("Percent that is cut off before it is taken.", "接收前断开的百分比。"), valueName: "percent"))
    var dropBefore = 0.0

    @Option(
        help: ArgumentHelp(
            localized("Percent that is taken and then cut off.", "接收后断开的百分比。"), valueName: "percent"))
    var dropAfter = 0.0

    @Option(
        help: ArgumentHelp(
            localized("Percent that is taken and whose answer then stands still.", "接收后应答中途停住的百分比。"),
            valueName: "percent"))
    var stall = 0.0

    @Option(help: ArgumentHelp(localized("Percent answered with 429.", "返回 429 的百分比。"), valueName: "percent"))
    var tooMany = 0.0

    @Option(help: ArgumentHelp(localized("Percent answered with 503.", "返回 503 的百分比。"), valueName: "percent"))
    var unavailable = 0.0

    @Option(
        help: ArgumentHelp(
            localized("Milliseconds before a message is taken.", "接收前的延迟（毫秒）。"), valueName: "milliseconds"))
    var delay = 0

    @Flag(help: ArgumentHelp(localized("Takes a dedupe key only once.", "同一去重键只接收一次。")))
    var deduplicate = false

    @Option(help: ArgumentHelp(localized("Seed of the chances.", "随机种子。"))) var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            localized("File that keeps the keys taken, over restarts.", "保存已接收去重键的文件（重启后有效）。"), valueName: "file"))
    var received: String?

    func validate() throws {
        let shares = [dropBefore, dropAfter, stall, tooMany, unavailable]
        guard shares.allSatisfy({ (0...100).contains($0) }), shares.reduce(0, +) <= 100 else {
            throw ValidationError(
                localized("Give percent from 0 to 100, together at most 100.", "百分比应为 0 到 100，合计不超过 100。"))
        }
        guard (0...65_535).contains(port) else {
            throw ValidationError(localized("Give a port from 0 to 65535.", "端口应为 0 到 65535。"))
        }
        guard (0...600_000).contains(delay) else {
            throw ValidationError(localized("Give a delay of at most ten minutes.", "延迟最多十分钟。"))
        }
    }

    func run() async throws {
        if port != 0 { try FreePort.require(port) }
        let configuration = ChannelSimulator.Configuration(
            port: port, secret: try secret(),
            behaviour: ChannelBehaviour(
                dropBefore: dropBefore / 100, dropAfter: dropAfter / 100, stall: stall / 100,
                tooMany: tooMany / 100, unavailable: unavailable / 100, delayMilliseconds: delay,
                deduplicates: deduplicate),
            receivedFile: received.map { URL(fileURLWithPath: $0) }, seed: seed)
        let simulator = try ChannelSimulator(
            configuration, logger: Logger(label: "zhike") { _ in SwiftLogNoOpLogHandler() },
            onArrival: { Terminal.shared.result(ChannelText.line($0, at: Date())) })
        try await withInterruption {
            try await simulator.run { port in
                let address = "http://127.0.0.1:\(port)/deliveries"
                Terminal.shared.say(
                    localized(
                        "Channel \(name) listens; start the suite with: zhike up --channel \(name)=\(address)",
                        "渠道 \(name) 已启动；请这样启动系统：zhike up --channel \(name)=\(address)"))
            }
        }
        Terminal.shared.say(ChannelText.summary(simulator.summary))
    }

    private func secret() throws -> [UInt8] {
        let file = secretFile ?? URL(fileURLWithPath: data).appending(path: "keys/channel").path
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw RuntimeError(
                .configurationInvalid,
                localized(
                    "The secret \(file) cannot be read: name its file with --secret-file, or start zhike up once, "
                        + "which makes it.",
                    "无法读取密钥 \(file)：请用 --secret-file 指定，或先运行一次 zhike up 以生成。"))
        }
        return Array(text.trimmingCharacters(in: .whitespacesAndNewlines).utf8)
    }
}

/// What a channel tells people.
enum ChannelText {
    static func line(_ arrival: ChannelArrival, at moment: Date) -> String {
        let words = [
            moment.formatted(.iso8601), word(arrival.fate), arrival.dedupeKey, arrival.customerNumber, arrival.title,
        ]
        return words.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private static func word(_ fate: ChannelArrival.Fate) -> String {
        switch fate {
        case .taken: localized("taken", "已接收")
        case .takenAgain: localized("TAKEN AGAIN", "重复接收！")
        case .repeated: localized("repeated, not taken", "重复，未接收")
        case .droppedBefore: localized("cut off before", "接收前断开")
        case .droppedAfter: localized("taken, cut off after", "已接收，随后断开")
        case .tooMany: "429"
        case .unavailable: "503"
        case .forged: localized("signature wrong", "签名错误")
        }
    }

    static func summary(_ summary: ChannelSummary) -> String {
        localized(
            "\(summary.posts) posts, \(summary.taken) contacts taken, \(summary.duplicates) of them again, "
                + "\(summary.repeated) repeated, \(summary.forged) with a wrong signature",
            "收到 \(summary.posts) 次请求，接收 \(summary.taken) 次触达，其中重复 \(summary.duplicates)，"
                + "去重 \(summary.repeated)，签名错误 \(summary.forged)")
    }
}
