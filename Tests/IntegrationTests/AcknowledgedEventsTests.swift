internal import Foundation
internal import Postgres
internal import RPC
internal import Sandbox
internal import Synchronization
internal import TestSupport
internal import Testing

@testable internal import ZhikeCommands

/// Promise 1 through the whole suite: a channel's backend posts events to the gateway and repeats what is not answered,
/// while processes and Postgres are killed.
@Suite("Acknowledged events", .serialized)
struct AcknowledgedEventsTests {
    private static let start = Date(timeIntervalSince1970: 1_772_416_800)
    private static let eventType = "test.seen"

    private struct EventsRefused: Error {
        let statuses: Set<String>
    }

    /// What the writers say of themselves; the judge reads it beside the log.
    private final class History: Sendable {
        private let state = Mutex((sent: Set<String>(), acknowledged: Set<String>()))

        func willSend(_ ids: [String]) { state.withLock { $0.sent.formUnion(ids) } }
        func acknowledged(_ ids: [String]) { state.withLock { $0.acknowledged.formUnion(ids) } }
        var acknowledgedCount: Int { state.withLock { $0.acknowledged.count } }
        var all: (sent: Set<String>, acknowledged: Set<String>) { state.withLock { $0 } }
    }

    /// Posts batches, each until it is acknowledged, and every third once more after that. Half of them go with a key that is
    /// always the same, the others with a new one each time: then the ids of the events alone keep them apart.
    private static func write(
        _ writer: Int, _ history: History, _ gateway: GatewayClient, _ numbers: [String], seed: UInt64
    ) async throws {
        var random = SplitMix64(seed: seed, stream: UInt64(writer))
        let moment = start.formatted(.iso8601)
        for batch in 0... {
            guard !Task.isCancelled else { return }
            let ids = (0..<Int.random(in: 1...20, using: &random)).map { "w\(writer)-\(batch)-\($0)" }
            let events = ids.map { id -> [String: Any] in
                [
                    "event_id": id, "type": eventType, "occurred_at": moment,
                    "customer": ["kind": "customer_number", "value": numbers.randomElement(using: &random) ?? ""],
                ]
            }
            let keepsKey = Bool.random(using: &random)
            history.willSend(ids)
            var repeats = batch.isMultiple(of: 3) ? 1 : 0
            var attempt = 0
            while !Task.isCancelled {
                attempt += 1
                let key = "w\(writer)-\(batch)" + (keepsKey ? "" : "-\(attempt)")
                guard
                    let reply = try? await gateway.post(
                        "/v1/track", ["events": events], idempotencyKey: key, patience: .milliseconds(300)),
                    let results = reply["results"] as? [[String: Any]]
                else { continue }
                let statuses = Set(results.map { $0["status"] as? String ?? "" })
                guard results.count == ids.count, statuses.isSubset(of: ["accepted", "duplicate"]) else {
                    throw EventsRefused(statuses: statuses)
                }
                history.acknowledged(ids)
                if repeats == 0 { break }
                repeats -= 1
            }
        }
    }

    @Test("each is in the log exactly once, whoever is killed meanwhile and however often it is sent")
    func exactlyOnce() async throws {
        let customers = 200
        var random = SeededGenerator("acknowledged events")
        let seed = random.seed
        let rounds = TestTier.rounds(long: 60)
        let history = History()
        let victims = (0..<rounds).map { _ in RandomKills.victims.randomElement(using: &random) ?? "postgres" }
        let logged = try await RunningSuite.with(channel: "mobile_bank", start: Self.start) { suite, _ in
            let bank = SandboxBank(seed: 3, customerCount: customers, now: Self.start)
            _ = try await SandboxDemo(bank: bank, mappings: RunningSuite.mappings).importBank(suite, Self.start)
            let numbers = (1...customers).map { bank.customer($0).number }
            let gateway = GatewayClient(
                address: suite.address, token: try await RunningSuite.channelToken(suite))
            try await withThrowingTaskGroup(of: Void.self) { writers in
                for writer in 0..<3 {
                    writers.addTask {
                        try await Self.write(writer, history, gateway, numbers, seed: seed)
                    }
                }
                for victim in victims {
                    try await suite.kill9(victim)
                    let before = history.acknowledgedCount
                    try await eventually("events are taken after a kill of \(victim)", within: .seconds(60)) {
                        history.acknowledgedCount > before + 100
                    }
                }
                writers.cancelAll()
                try await writers.waitForAll()
            }
            let reader = ReportReader(clients: suite.clients)
            _ = try await reader.caughtUp()
            let verified = try await reader.verify()
            #expect(verified.entries > 0 && verified.differenceCount == 0)
            return try await suite.administrator.query(
                "SELECT dedupe_key FROM profile.log WHERE subject = \(Self.eventType)"
            ).map { try $0.decode(String.self) }
        }
        let (sent, acknowledged) = history.all
        #expect(acknowledged.count > 100 * rounds)
        #expect(acknowledged.subtracting(logged).isEmpty)
        #expect(Set(logged).subtracting(sent).isEmpty)
        #expect(logged.count == Set(logged).count)
        TestTier.report(
            "suite: \(rounds) kills of services and Postgres, \(acknowledged.count) events acknowledged over HTTP, "
                + "\(acknowledged.subtracting(logged).count) lost, \(logged.count - Set(logged).count) counted twice")
    }
}
