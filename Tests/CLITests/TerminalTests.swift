internal import ArgumentParser
internal import Contracts
internal import Foundation
internal import RPC
internal import Testing

@testable internal import ZhikeCommands

@Suite("what people read and write at the terminal")
struct TerminalTests {
    @Test("sets columns out by their width on the screen")
    func table() {
        var table = Table(["名称", "n", "x"], columnsOfText: [0, 2])
        table.add(["a", "10", "长"])
        #expect(table.text == "名称   n  x\n────  ──  ──\na     10  长")
    }

    @Test("reads lengths of time and writes them in their largest unit")
    func spans() {
        #expect(
            SpanOfTime("90m")?.text == "90m" && SpanOfTime("48h")?.text == "2d" && SpanOfTime("1.5h")?.text == "90m")
        for wrong in ["", "d", "-1d", "0d", "1", "1w", "1e9d", "nand", "1 d", "999999999d"] {
            #expect(SpanOfTime(wrong) == nil, "\(wrong)")
        }
    }

    @Test("says the parser's words in Chinese")
    func chinese() {
        let help = HelpText.inChinese(
            "OVERVIEW: x\n\nUSAGE: zhike y\n\nOPTIONS:\n  --port <port>  z (default: 8080)\n"
                + "  -h, --help  Show help information.\n"
        )
        #expect(help.contains("简介：x") && help.contains("用法：zhike y") && help.contains("（缺省：8080）"))
        #expect(help.contains("显示帮助。"))
        #expect(
            HelpText.inChinese("Error: Unknown option '--prot'. Did you mean '--port'?") == "错误：没有选项 --prot，是否指 --port？"
        )
        #expect(HelpText.inChinese("Error: Missing expected argument '<user>'") == "错误：缺少参数 <user>")
    }

    @Test("tells an error by its sentence alone")
    func sentences() {
        #expect(HelpText.sentence(RuntimeError(.alreadyRunning, "Stop it first.")) == "Stop it first.")
        #expect(HelpText.sentence(ValidationError("Write it so.")) == "Write it so.")
        #expect(
            HelpText.sentence(RPCError(.notFound, "No such campaign.", field: "campaign_id"))
                == localized("", "未找到：") + "No such campaign.")
    }

    @Test("posts to a channel's address and asks at the one beside")
    func channels() throws {
        let channel = try UpCommand.channel("sms=http://127.0.0.1:9000/deliveries")
        #expect(channel.name == "sms" && channel.url == "http://127.0.0.1:9000/deliveries")
        #expect(channel.statusURL == "http://127.0.0.1:9000/status")
        #expect(try UpCommand.channel("a=http://h:1").statusURL == "http://h:1/status")
        let longName = String(repeating: "a", count: 49) + "=http://h"
        let longAddress = "sms=http://h/" + String(repeating: "a", count: 500)
        for wrong in [
            "sms", "sms=", "sms=ftp://h/x", "sms=http://", "SMS=http://h", "1sms=http://h", "app-push=http://h",
            "短信=http://h", longName, longAddress,
        ] {
            #expect(throws: ValidationError.self) { try UpCommand.channel(wrong) }
        }
        #expect(throws: (any Error).self) {
            try UpCommand.parse(["--channel", "a=http://h", "--channel", "a=http://i"])
        }
        #expect(throws: (any Error).self) { try UpCommand.parse(["--port", "0"]) }
        #expect(throws: (any Error).self) { try UpCommand.parse(["--channel", "a=http://h", "--deduplicates", "b"]) }
        #expect(throws: (any Error).self) {
            try ChannelCommand.parse(["sms", "--drop-before", "60", "--too-many", "50"])
        }
    }

    @Test(
        "signs a token for nobody whom the gateway would refuse",
        arguments: ["", "li wei", "li@bank", "李伟", "\u{212A}", String(repeating: "a", count: 65)])
    func tokens(_ user: String) throws {
        #expect(throws: (any Error).self) { try TokenCommand.parse([user]) }
        #expect(try TokenCommand.parse(["Li.wei_7-b"]).user == "Li.wei_7-b")
    }

    @Test("tells of a recomputation all differences, also those that are not shown")
    func recomputation() {
        var reply = KPIV1.VerifyResponse(cells: 3_000, entries: 9, differences: [.init(cell: "a")])
        // As a kpi service of before answers.
        #expect(reply.total == 1 && !reply.summary.contains(";"))
        reply.differenceCount = 2_500
        #expect(reply.total == 2_500)
        #expect(
            reply.summary
                == localized(
                    "3000 cells, 9 entries, 2500 differences; the first 1 are shown",
                    "3000 个单元，9 条日志，2500 处差异；仅显示前 1 处"))
    }

    @Test("finds a suite by what it left in its folder, and says when it ended without being stopped")
    func running() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "zhike-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: RuntimeError.self) { try RunningSuite.find(folder) }
        var suite = RunningSuite(
            address: "http://h", sockets: folder.path, databaseURL: "postgresql:///x", isClockSimulated: false)
        try suite.write(to: folder)
        #expect(try RunningSuite.find(folder).address == "http://h")
        // Process numbers end far below this one.
        suite.processID = 2_000_000_000
        try suite.write(to: folder)
        #expect {
            try RunningSuite.find(folder)
        } throws: { ($0 as? RuntimeError)?.message.contains("ended without") == true }
    }

    @Test("gives a folder to one suite at a time")
    func lock() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "zhike-test-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            let first = try FolderLock(folder)
            #expect(throws: RuntimeError.self) { _ = try FolderLock(folder) }
            _ = consume first
        }
        _ = try FolderLock(folder)
    }
}
