internal import ArgumentParser
internal import Contracts
internal import Foundation
internal import Logging
internal import RPC
internal import Sandbox
internal import Synchronization

/// Runs the main job from an empty machine to a report.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: localized(
            "Runs the whole loop: customers, segment, campaign with a control group, contacts, outcomes, report.",
            "跑通完整闭环：客户、客群、带对照组的活动、触达、结果、报告。"))

    @Option(help: ArgumentHelp(localized("bank-additional-full.csv[.gz]: a real bank's clients", "真实银行客户数据")))
    var bankMarketing: String?

    @Option(help: ArgumentHelp(localized("hillstrom.csv: a past campaign with three arms", "带三个分组的历史活动")))
    var hillstrom: String?

    @Flag(help: ArgumentHelp(localized("Stops the suite after the report.", "打印报告后停止。")))
    var once = false

    @Flag(help: ArgumentHelp(localized("Kills processes at random on the way.", "运行途中随机杀死进程。")))
    var kill = false

    @Option(
        help: ArgumentHelp(
            localized(
                "Seed of --kill, to repeat a run; drawn and printed where it is not given.",
                "--kill 的随机种子，用于重现；未给出时随机抽取并打印。")))
    var killSeed: UInt64?

    @Option(help: ArgumentHelp(localized("Seed of the sandbox bank.", "沙箱银行的随机种子。")))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp(localized("Customers of the sandbox bank.", "沙箱银行客户数。")))
    var customers = 50_000

    @Option(help: ArgumentHelp(localized("Folder of the mapping files.", "映射文件所在文件夹。")))
    var mappings = "deploy/mappings"

    /// Monday, 2 March 2026, 10:00 in Shanghai: outside quiet hours.
    private static let start = Date(timeIntervalSince1970: 1_772_416_800)

    func validate() throws {
        guard (1...1_000_000).contains(customers) else {
            throw ValidationError(localized("Give --customers from 1 to 1000000.", "--customers 应为 1 到 1000000。"))
        }
        guard kill || killSeed == nil else {
            throw ValidationError(localized("Give --kill with --kill-seed.", "--kill-seed 需与 --kill 同时使用。"))
        }
        guard bankMarketing == nil || hillstrom == nil else {
            throw ValidationError(
                localized(
                    "Give --bank-marketing or --hillstrom, not both: each is a demonstration of its own.",
                    "--bank-marketing 与 --hillstrom 是两个独立的演示，请只给出一个。"))
        }
    }

    func run() async throws {
        try await withInterruption { try await demonstrate() }
    }

    private func demonstrate() async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "zhike-demo-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: root) }
        let folder = try SuiteFolder(root: root)
        folder.removeSockets()
        let secret = try String(contentsOf: folder.channelSecret, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let port = try FreePort.find()
        let simulator = try ChannelSimulator(
            ChannelSimulator.Configuration(
                port: port, secret: Array(secret.utf8), behaviour: ChannelBehaviour(deduplicates: true)),
            logger: Logger(label: "channel") { _ in SwiftLogNoOpLogHandler() })
        let channel = Task { try await simulator.run() }
        defer { channel.cancel() }
        let suite = try await Suite.start(
            root: root, httpPort: nil, simulatedStart: Self.start, channels: channels(port))
        do {
            try await tell(suite, simulator)
        } catch {
            await suite.stop()
            throw error
        }
        await suite.stop()
    }

    /// The channel takes each key once: what a killed gateway had in hand may then be posted again, and the report is the
    /// same to a customer whoever is killed. Any other channel would be asked, and not posted to again.
    private func channels(_ port: Int) -> [ChannelAddress] {
        ["call_centre", "mobile_bank", "sms", "wechat"].map { name in
            ChannelAddress(
                name: name, url: "http://127.0.0.1:\(port)/deliveries", statusURL: "http://127.0.0.1:\(port)/status/",
                deduplicates: true)
        }
    }

    private func tell(_ suite: Suite, _ simulator: ChannelSimulator) async throws {
        let issuer = try await TokenIssuer(keyFile: suite.folder.tokenKey)
        let token = try await issuer.token(
            for: Principal(user: "core-banking", roles: ["channel"], officePath: "/"))
        var text = ReportText(report: KPIV1.CampaignReport())
        let reader = ReportReader(clients: suite.clients)
        let (campaignID, truth) =
            kill
            ? try await kills(suite).during { try await runJob(on: suite, token: token) }
            : try await runJob(on: suite, token: token)
        if let truth { text.truth = ["contacted": truth] }
        text.report = try await reader.report(campaignID)
        Terminal.shared.endBar()
        Terminal.shared.result(text.text)
        try await check(text.report, reader, simulator)
        if !once { try await stayUp(suite, issuer) }
    }

    private func kills(_ suite: Suite) -> RandomKills {
        let seed = killSeed ?? .random(in: 0..<1_000_000_000)
        Terminal.shared.say(
            localized("kills: repeat them with --kill-seed \(seed)", "杀死进程：用 --kill-seed \(seed) 重现"))
        return RandomKills(suite: suite, pauseMilliseconds: 1_000...3_000, seed: seed)
    }

    /// The whole job; returns its campaign and, where it is known, the true effect in percentage points.
    private func runJob(on suite: Suite, token: String) async throws -> (id: Int64, truth: Double?) {
        if let bankMarketing {
            let demo = BankMarketingDemo(
                file: URL(fileURLWithPath: bankMarketing), mapping: mapping("bank-marketing.json"))
            return (try await demo.run(on: suite, start: Self.start, token: token), nil)
        }
        if let hillstrom {
            let demo = HillstromDemo(file: URL(fileURLWithPath: hillstrom), mapping: mapping("hillstrom.json"))
            return (try await demo.run(on: suite, start: Self.start), nil)
        }
        let bank = SandboxBank(seed: seed, customerCount: customers, now: Self.start)
        let (campaignID, truth) = try await SandboxDemo(bank: bank, mappings: URL(fileURLWithPath: mappings))
            .run(on: suite, start: Self.start, token: token)
        return (campaignID, truth)
    }

    /// What a demonstration must not hide: totals that differ from the logs, contacts that went out twice, and contacts
    /// that the report counts and nobody got.
    private func check(
        _ report: KPIV1.CampaignReport, _ reader: ReportReader, _ simulator: ChannelSimulator
    ) async throws {
        let verified = try await reader.verify()
        Terminal.shared.result(
            localized(
                "\nkpi verify: \(verified.cells) cells from \(verified.entries) entries, \(verified.total) differ",
                "\n核对：由 \(verified.entries) 条日志重算 \(verified.cells) 个单元，\(verified.total) 个不一致"))
        let channel = simulator.summary
        Terminal.shared.result(
            localized(
                "channel: \(channel.taken) contacts arrived, \(channel.duplicates) twice",
                "渠道：收到 \(channel.taken) 次触达，重复 \(channel.duplicates) 次")
                + (channel.repeated > 0
                    ? localized(
                        ", \(channel.repeated) posted again and known by their keys", "，再次投递并凭键识别 \(channel.repeated) 次"
                    )
                    : ""))
        // A campaign of the past was contacted before us.
        let contacted = hillstrom == nil ? report.arms.filter { !$0.control }.reduce(0) { $0 + $1.customers } : 0
        guard verified.total == 0, channel.duplicates == 0, contacted == Int64(channel.taken) else {
            throw ExitCode.failure
        }
    }

    private func stayUp(_ suite: Suite, _ issuer: TokenIssuer) async throws {
        let token = try await issuer.token(for: Person.analyst)
        // So that the other commands find it.
        try suite.running.write(to: suite.folder.root)
        Terminal.shared.say(
            localized("\nThe suite is running. Try it:", "\n系统正在运行。可以试试：") + """

                  curl -H 'Authorization: Bearer \(token)' \(suite.address)/v1/kpi/campaigns/1
                  curl \(suite.address)/openapi.json
                  zhike kpi report 1 --data \(suite.folder.root.path)

                """ + localized("Ctrl-C stops it.", "按 Ctrl-C 停止。"))
        while !Task.isCancelled { try await Task.sleep(for: .seconds(3_600)) }
    }

    private func mapping(_ name: String) -> URL { URL(fileURLWithPath: mappings).appending(path: name) }
}
