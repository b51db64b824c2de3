internal import Contracts
internal import Foundation
internal import Logging
internal import RPC
internal import Sandbox
internal import TestSupport
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
        let token = try await RunningSuite.channelToken(suite)
        let demo = SandboxDemo(
            bank: SandboxBank(seed: 7, customerCount: customers, now: start), mappings: RunningSuite.mappings)
        let (campaignID, truth): (Int64, Double)
        if kills {
            let seed = SeededGenerator("kills of the suite").seed
            (campaignID, truth) = try await RandomKills(suite: suite, pauseMilliseconds: 500...1_500, seed: seed)
                .during { try await demo.run(on: suite, start: start, token: token) }
        } else {
            (campaignID, truth) = try await demo.run(on: suite, start: start, token: token)
        }
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

    /// What a report says of people and money. Who was refused for which reason, and of whom it is not known whether they
    /// were reached, differs where a channel is asked instead of posted to again.
    private struct Totals: Equatable {
        var audience: Int64
        var held: [Int64]
        var contacted: [Int64]
        var refused: [String: Int64]

        init(_ report: KPIV1.CampaignReport) {
            audience = report.audience
            held = report.arms.filter(\.control).flatMap { [$0.customers, $0.converted, $0.valueMinor] }
            contacted = report.arms.filter { !$0.control }.flatMap { [$0.customers, $0.converted, $0.valueMinor] }
            refused = Dictionary(report.refused.map { ($0.reason, $0.customers) }, uniquingKeysWith: +)
        }
    }

    @Test(
        "comes through kills of every process: nothing twice, nobody lost, totals as recomputed",
        arguments: [false, true])
    func killed(deduplicates: Bool) async throws {
        let calm = Totals(try await Self.run(customers: 2_000, kills: false, deduplicates: deduplicates).report)
        let found = try await Self.run(customers: 2_000, kills: true, deduplicates: deduplicates)
        let killed = Totals(found.report)
        #expect(found.hits.values.allSatisfy { $0 == 1 })
        #expect(found.verified.differences.isEmpty)
        // A channel that takes each key once gets all that a killed gateway had in hand: nothing is to be seen of the kills.
        if deduplicates { #expect(killed == calm) }
        // Any other is asked; what it did not take is refused, and not lost.
        #expect(killed.audience == calm.audience)
        #expect(killed.held == calm.held)
        #expect(killed.contacted[0] == Int64(found.hits.count))
        #expect(
            killed.contacted[0] + killed.refused.values.reduce(0, +)
                == calm.contacted[0] + calm.refused.values.reduce(0, +))
    }
}
