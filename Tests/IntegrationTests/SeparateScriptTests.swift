internal import Contracts
internal import Foundation
internal import RPC
internal import TestSupport
internal import Testing

@testable internal import ZhikeCommands

/// The jobs on real data, here on drawn files of the same form: every number of the report equals what a script computes
/// from the file alone that shares no code with the project.
@Suite("The report of a file and a separate computation", .serialized)
struct SeparateScriptTests {
    private static let start = Date(timeIntervalSince1970: 1_772_416_800)

    private struct Arm: Decodable {
        var customers: Int64
        var converted: Int64
        var effect: [Double]?
    }

    /// Its last line.
    private static func compute(_ script: String, _ file: URL) throws -> [String: Arm] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [RunningSuite.script(script).path, file.path]
        process.environment = ["PYTHONDONTWRITEBYTECODE": "1"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let last = String(decoding: data, as: UTF8.self).split(separator: "\n").last ?? ""
        return try JSONDecoder().decode([String: Arm].self, from: Data(last.utf8))
    }

    private static func file(_ name: String, _ lines: [String]) throws -> URL {
        let file = FileManager.default.temporaryDirectory.appending(path: "zhike-\(UUID().uuidString)-\(name)")
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        return file
    }

    private static func bankFile(_ generator: inout SeededGenerator, clients: Int) throws -> URL {
        let header =
            "age;job;marital;education;default;housing;loan;contact;month;day_of_week;duration;campaign;pdays;previous;"
            + "poutcome;emp.var.rate;cons.price.idx;cons.conf.idx;euribor3m;nr.employed;y"
        let rows = (1...clients).map { _ in
            let contact = ["cellular", "telephone"].randomElement(using: &generator)!
            let before = ["success", "failure", "nonexistent"].randomElement(using: &generator)!
            let rate = String(format: "%.3f", Double.random(in: 0.6..<5, using: &generator))
            let yes = Double.random(in: 0..<1, using: &generator) < 0.2 ? "yes" : "no"
            return
                "\(Int.random(in: 18...90, using: &generator));admin.;married;basic.4y;no;unknown;no;\(contact);may;mon;"
                + "261;1;999;0;\(before);-1.8;92.893;-46.2;\(rate);5099.1;\(yes)"
        }
        return try file("bank.csv", [header] + rows)
    }

    private static func expect(_ report: KPIV1.CampaignReport, equals arms: [String: Arm]) {
        #expect(report.audience == arms.values.reduce(0) { $0 + $1.customers })
        #expect(Set(report.arms.map(\.arm)) == Set(arms.keys))
        for arm in report.arms {
            guard let computed = arms[arm.arm] else { continue }
            #expect(arm.customers == computed.customers, "\(arm.arm)")
            #expect(arm.converted == computed.converted, "\(arm.arm)")
            let effect = arm.effect.map { [$0.points, $0.lowPoints, $0.highPoints] }
            #expect(effect?.count == computed.effect?.count, "\(arm.arm)")
            for (ours, theirs) in zip(effect ?? [], computed.effect ?? []) {
                // What is left is how two programs round the last digit of a double.
                #expect(abs(ours - theirs) < 1e-10, "\(arm.arm)")
            }
        }
    }

    @Test("clients of a bank, called and held, whoever is killed meanwhile", arguments: [false, true])
    func bankMarketing(kills: Bool) async throws {
        var generator = SeededGenerator("bank marketing")
        let file = try Self.bankFile(&generator, clients: 1_500)
        defer { try? FileManager.default.removeItem(at: file) }
        let seed = generator.seed
        let report = try await RunningSuite.with(channel: "call_centre", start: Self.start, deduplicates: kills) {
            suite, _ in
            let token = try await RunningSuite.channelToken(suite)
            let demo = BankMarketingDemo(
                file: file, mapping: RunningSuite.mappings.appending(path: "bank-marketing.json"))
            let campaign =
                kills
                ? try await RandomKills(suite: suite, pauseMilliseconds: 700...1_500, seed: seed)
                    .during { try await demo.run(on: suite, start: Self.start, token: token) }
                : try await demo.run(on: suite, start: Self.start, token: token)
            let reader = ReportReader(clients: suite.clients)
            let report = try await reader.report(campaign)
            let verified = try await reader.verify()
            #expect(verified.cells > 0 && verified.differenceCount == 0)
            return report
        }
        let computed = try Self.compute("bank_marketing.py", file)
        #expect((computed["held"]?.customers ?? 0) > 50 && (computed["contacted"]?.converted ?? 0) > 50)
        Self.expect(report, equals: computed)
    }

    @Test("without the line of its mapping that grants consent, everybody is refused")
    func withoutConsent() async throws {
        var generator = SeededGenerator("bank marketing without consent")
        let file = try Self.bankFile(&generator, clients: 300)
        defer { try? FileManager.default.removeItem(at: file) }
        let published = try Data(contentsOf: RunningSuite.mappings.appending(path: "bank-marketing.json"))
        var members = try #require(try JSONSerialization.jsonObject(with: published) as? [String: Any])
        #expect(members.removeValue(forKey: "consents") != nil)
        let mapping = try Self.file("bank.json", [])
        defer { try? FileManager.default.removeItem(at: mapping) }
        try JSONSerialization.data(withJSONObject: members).write(to: mapping)
        let (report, arrived) = try await RunningSuite.with(channel: "call_centre", start: Self.start) {
            suite, channel in
            let campaign = try await BankMarketingDemo(file: file, mapping: mapping).run(
                on: suite, start: Self.start, token: try await RunningSuite.channelToken(suite))
            return (try await ReportReader(clients: suite.clients).report(campaign), channel.takenKeys.count)
        }
        let audience = try Self.compute("bank_marketing.py", file).values.reduce(0) { $0 + $1.customers }
        #expect(audience > 50 && report.audience == audience)
        #expect(report.refused.map(\.reason) == ["no_consent"] && report.refused.map(\.customers) == [audience])
        #expect(report.arms.allSatisfy { $0.customers == 0 } && arrived == 0)
    }

    @Test("a campaign of the past with three arms")
    func hillstrom() async throws {
        var generator = SeededGenerator("hillstrom")
        let header =
            "recency,history_segment,history,mens,womens,zip_code,newbie,channel,segment,visit,conversion,spend"
        let rows = (1...1_500).map { _ in
            let arm = ["No E-Mail", "Mens E-Mail", "Womens E-Mail"].randomElement(using: &generator)!
            let visit = Double.random(in: 0..<1, using: &generator) < (arm == "No E-Mail" ? 0.1 : 0.18) ? 1 : 0
            return
                "\(Int.random(in: 1...12, using: &generator)),2) $100 - $200,142.44,1,0,Rural,0,Web,\(arm),\(visit),0,0"
        }
        let file = try Self.file("hillstrom.csv", [header] + rows)
        defer { try? FileManager.default.removeItem(at: file) }
        let report = try await RunningSuite.with(channel: "email", start: Self.start) { suite, _ in
            let demo = HillstromDemo(file: file, mapping: RunningSuite.mappings.appending(path: "hillstrom.json"))
            let campaign = try await demo.run(on: suite, start: Self.start)
            return try await ReportReader(clients: suite.clients).report(campaign)
        }
        Self.expect(report, equals: try Self.compute("hillstrom.py", file))
    }
}
