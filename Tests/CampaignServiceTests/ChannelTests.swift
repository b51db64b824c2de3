internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import Synchronization
internal import TestSupport
internal import Testing

/// At most one contact leaves for each dedupe key, wherever workers, replicas and connections die.
@Suite("what reaches the channel")
struct ChannelTests {
    /// Where a worker stops, and what it still says.
    private enum End: CaseIterable {
        case reported, reportedTwice, reportedLate, reportedUnknown
        case diedBeforePost, diedAfterPost
        case notTaken, refusedByChannel
    }

    /// What reached nobody in time and is told when its claim has lapsed.
    private final class Late: Sendable {
        let deliveries = Mutex<[CampaignV1.Delivery]>([])
    }

    @Test("killed at any point, nothing is posted twice, and what nobody knows is decided by a person, not sent again")
    func once() async throws {
        let generator = SeededGenerator("channel")
        let bed = try await CampaignBed.make(pageSize: 7)
        let customers = TestTier.rounds(short: 200, long: 2_000)
        let members = try await bed.addCustomers(customers)
        let channel = StubChannel()
        let late = Late()
        let first = try bed.replica()
        let id = try await bed.start(bed.plan(members, controlBasisPoints: 1_500), first)
        var killed = 0
        for round in 0..<TestTier.rounds(long: 60) {
            let replica = try bed.replica()
            let seed = generator.seed &+ UInt64(round) &* 1_000
            killed += try await replica.running {
                try await Saboteur(bed: bed).during(seed) {
                    try await work(customers / 50, channel, late, bed, replica, seed)
                }
            }
        }
        let last = try bed.replica()
        try await last.running {
            try await finish(id, customers, channel, bed, last)
            try await persistently { _ = try await bed.report(late.deliveries.withLock { $0 }, .sent, last) }
            try await expectEachOnce(id, channel, bed, last)
            try await decideUnknown(channel, bed, last)
            let campaign = try await bed.campaign(id, last)
            #expect(campaign.deliveries["unknown"] == nil)
            #expect(campaign.deliveries["sent"] == Int64(channel.all.count))
            #expect(try await bed.claim(last).isEmpty)
        }
        TestTier.report("channel: \(channel.all.count) contacts left once each, \(killed) connections ended meanwhile")
    }

    /// Three workers that die in all ways, until each has had its share of contacts.
    private func work(
        _ share: Int, _ channel: StubChannel, _ late: Late, _ bed: CampaignBed, _ replica: Replica, _ seed: UInt64
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<3 {
                group.addTask {
                    var random = SeededGenerator(seed: seed &+ UInt64(worker))
                    var taken = 0
                    // Without end only as long as there is something to take: the rest is for the next round.
                    for turn in 0..<300 where taken < share {
                        let key = turn % 2 == 0 ? "\(seed).\(worker).\(turn)" : nil
                        guard let claimed = try? await claim(replica, key) else { continue }
                        taken += claimed.count
                        for delivery in claimed {
                            let end = End.allCases.randomElement(using: &random) ?? .reported
                            try await carry(delivery, to: end, channel, late, bed, replica)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// With a key the same claim is asked for again until it is answered; without one, its answer is lost with it.
    private func claim(_ replica: Replica, _ key: String?) async throws -> [CampaignV1.Delivery] {
        let request = CampaignV1.ClaimDeliveriesRequest(
            channel: "sms", limit: 2, leaseMilliseconds: 1_500, worker: "test")
        let options = CampaignBed.options(nil, key: key)
        guard key != nil else { return try await replica.client.claimDeliveries(request, options: options).deliveries }
        return try await persistently { try await replica.client.claimDeliveries(request, options: options) }.deliveries
    }

    private func carry(
        _ delivery: CampaignV1.Delivery, to end: End, _ channel: StubChannel, _ late: Late, _ bed: CampaignBed,
        _ replica: Replica
    ) async throws {
        switch end {
        case .reported, .reportedTwice:
            channel.post(delivery.dedupeKey)
            for _ in 0..<(end == .reported ? 1 : 2) {
                try await persistently { _ = try await bed.report([delivery], .sent, replica) }
            }
        case .reportedLate:
            channel.post(delivery.dedupeKey)
            late.deliveries.withLock { $0.append(delivery) }
        case .reportedUnknown:
            channel.post(delivery.dedupeKey)
            try await persistently { _ = try await bed.report([delivery], .unknown, replica) }
        case .diedBeforePost: break
        case .diedAfterPost: channel.post(delivery.dedupeKey)
        case .notTaken: try await persistently { _ = try await bed.report([delivery], .notTaken, replica) }
        case .refusedByChannel: try await persistently { _ = try await bed.report([delivery], .refused, replica) }
        }
    }

    /// A worker that does not die takes the rest; what the others had lapses.
    private func finish(
        _ id: Int64, _ customers: Int, _ channel: StubChannel, _ bed: CampaignBed, _ replica: Replica
    ) async throws {
        try await eventually("the end of all deliveries", within: .seconds(60)) {
            for delivery in try await bed.claim(replica) {
                channel.post(delivery.dedupeKey)
                try await bed.report([delivery], .sent, replica)
            }
            let campaign = try await bed.campaign(id, replica)
            let open = (campaign.deliveries["reserved"] ?? 0) + (campaign.deliveries["sending"] ?? 0)
            return campaign.progress?.done == Int64(customers) && open == 0
        }
    }

    /// Compares the channel's count with the contacts and with the log; both were written by somebody else.
    private func expectEachOnce(
        _ id: Int64, _ channel: StubChannel, _ bed: CampaignBed, _ replica: Replica
    ) async throws {
        let hits = channel.all
        #expect(hits.values.allSatisfy { $0 == 1 }, "posted twice: \(hits.filter { $0.value > 1 }.keys.sorted())")
        var states: [String: String] = [:]
        for row in try await bed.administrator.query(
            "SELECT campaign_id, customer_id, wave, channel, state FROM campaign.contact")
        {
            let (campaign, customer, wave, name, state) = try row.decode((Int64, Int64, Int32, String, String).self)
            states["\(campaign).\(customer).\(wave).\(name)"] = state
        }
        for (key, state) in states {
            switch state {
            case "sent": #expect(hits[key] == 1, "\(key)")
            case "unknown": break
            default: #expect(hits[key] == nil, "\(key) is \(state)")
            }
        }
        #expect(Set(hits.keys).isSubset(of: states.keys))
        let logged = try await bed.entries(EntryKind.contacted).map {
            try $0.body.unpacked(CampaignV1.Contacted.self).dedupeKey
        }
        #expect(Set(logged).count == logged.count)
        #expect(Set(logged).isSuperset(of: hits.keys))
        #expect(Set(["sent", "unknown", "failed", "held"]).isSubset(of: states.values), "all ends were reached")
    }

    /// A person asks the channel, one by one.
    private func decideUnknown(_ channel: StubChannel, _ bed: CampaignBed, _ replica: Replica) async throws {
        let options = CampaignBed.options(CampaignBed.operatorOfAll)
        // A page at a time; who is decided is in the next one no longer.
        var decided = 0
        while case let unknown = try await replica.client.listDeliveries(.init(state: "unknown"), options: options)
            .deliveries, !unknown.isEmpty
        {
            decided += unknown.count
            try await decide(unknown, channel, replica, options)
        }
        #expect(decided > 0)
    }

    private func decide(
        _ unknown: [CampaignV1.Delivery], _ channel: StubChannel, _ replica: Replica, _ options: CallOptions
    ) async throws {
        for delivery in unknown {
            let outcome: CampaignV1.DeliveryOutcome = channel.has(delivery.dedupeKey) ? .sent : .notReceived
            let results = try await replica.client.reportDeliveries(
                .init(reports: [
                    .init(
                        deliveryID: delivery.deliveryID, fencingToken: delivery.fencingToken, outcome: outcome,
                        reason: "asked", partition: delivery.partition)
                ]), options: options
            ).results
            #expect(results.allSatisfy { $0.status == .accepted })
        }
    }
}
