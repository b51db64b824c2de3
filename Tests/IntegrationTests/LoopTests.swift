internal import Contracts
internal import Foundation
internal import Logging
internal import RPC
internal import Sandbox
internal import Testing

@testable internal import ZhikeCommands

/// The whole loop over real sockets and processes: five executables, a Postgres, a channel.
@Suite("The closed loop", .serialized)
struct LoopTests {
    private static let start = Date(timeIntervalSince1970: 1_772_416_800)

    private struct Found {
        var report: KPIV1.CampaignReport
        var verified: KPIV1.VerifyResponse
        var hits: [String: Int]
        var truth: Double
    }

    /// Runs the sandbox job on a small bank.
    private static func run(customers: Int, kills: Bool, deduplicates: Bool = false) async throws -> Found {
        try await RunningSuite.with(channel: "mobile_bank", start: start, deduplicates: deduplicates) {
            try await loop($0, $1, customers: customers, kills: kills)
        }
    }

    private static func loop(
        _ suite: Suite, _ simulator: ChannelSimulator, customers: Int, kills: Bool
    ) async throws -> Found {
        let token = try await TokenIssuer(keyFile: suite.folder.tokenKey).token(
            for: Principal(user: "core-banking", roles: ["channel"], officePath: "/"))
        let killing =
            kills ? Task { await RandomKills(suite: suite, pauseMilliseconds: 500...1_500).run() } : nil
        let bank = SandboxBank(seed: 7, customerCount: customers, now: start)
        let (campaignID, truth) = try await SandboxDemo(bank: bank, mappings: RunningSuite.mappings)
            .run(on: suite, start: start, token: token)
        killing?.cancel()
        await killing?.value
        let reader = ReportReader(clients: suite.clients)
        return Found(
            report: try await reader.report(campaignID), verified: try await reader.verify(),
            hits: simulator.takenKeys, truth: truth)
    }

    @Test("holds the truth it was made with, and every number is that of the logs")
    func calm() async throws {
        let found = try await Self.run(customers: 2_000, kills: false)
        let contacted = try #require(found.report.arms.first { !$0.control })
        let held = try #require(found.report.arms.first { $0.control })
        #expect(contacted.customers == Int64(found.hits.count))
        #expect(held.customers > 0)
        let effect = try #require(contacted.effect)
        #expect(effect.lowPoints <= found.truth && found.truth <= effect.highPoints)
        #expect(found.verified.differences.isEmpty)
        #expect(found.hits.values.allSatisfy { $0 == 1 })
    }

    @Test(
        "comes through kills of every process: nothing twice, nobody lost, totals as recomputed",
        arguments: [false, true])
    func killed(deduplicates: Bool) async throws {
        let found = try await Self.run(customers: 2_000, kills: true, deduplicates: deduplicates)
        let calmAudience = SandboxBank(seed: 7, customerCount: 2_000, now: Self.start).customers().filter { customer in
            customer.appDaysPerMonth >= 8 && (20_000...800_000).contains(customer.assets)
        }
        #expect(found.hits.values.allSatisfy { $0 == 1 })
        #expect(found.verified.differences.isEmpty)
        #expect(found.report.audience > 0 && found.report.audience <= Int64(calmAudience.count))
        let contacted = try #require(found.report.arms.first { !$0.control })
        #expect(contacted.customers == Int64(found.hits.count))
        // A channel that takes each key once gets all that a killed gateway had in hand.
        if deduplicates { #expect(!found.report.refused.contains { $0.reason == "not_delivered" }) }
    }
}
