internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("contacts of a channel that takes each dedupe key once")
struct RepeatableChannelTests {
    private func claim(_ replica: Replica, leaseMilliseconds: Int32) async throws -> [CampaignV1.Delivery] {
        try await replica.client.claimDeliveries(
            .init(
                channel: "sms", limit: 500, leaseMilliseconds: leaseMilliseconds, worker: "test", deduplicates: true),
            options: CampaignBed.options(nil)
        ).deliveries
    }

    /// Contacts that a worker had until its lease lapsed, and that wait again.
    private func lapsed(_ count: Int, _ bed: CampaignBed, _ replica: Replica) async throws -> Int64 {
        let id = try await bed.start(bed.plan(try await bed.addCustomers(count)), replica)
        try await eventually("the wave") { try await bed.campaign(id, replica).progress?.done == Int64(count) }
        #expect(try await claim(replica, leaseMilliseconds: 1_000).count == count)
        try await eventually("the leases to lapse") {
            try await bed.campaign(id, replica).deliveries == ["reserved": Int64(count)]
        }
        return id
    }

    @Test("what a dead worker had is handed out again under its old key, and logged once")
    func again() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            let id = try await lapsed(4, bed, replica)
            let again = try await claim(replica, leaseMilliseconds: 60_000)
            #expect(again.count == 4 && again.allSatisfy { $0.attempt == 2 && $0.fencingToken == 2 })
            #expect(try await bed.report(again, .sent, replica).allSatisfy { $0.status == .accepted })
            #expect(try await bed.campaign(id, replica).deliveries == ["sent": 4])
            #expect(try await bed.entries(EntryKind.contacted).count == 4)
        }
    }

    @Test("it counts from the first time at which it may have left, for caps from the last")
    func firstMoment() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            _ = try await lapsed(2, bed, replica)
            bed.clock.advance(by: 60)
            let again = try await claim(replica, leaseMilliseconds: 60_000)
            try await bed.report(Array(again.prefix(1)), .sent, replica)
            // The second time surely did not reach the customer; the first may have, and the third as well.
            try await bed.report(Array(again.suffix(1)), .notTaken, replica)
            bed.clock.advance(by: 60)
            try await bed.report(try await claim(replica, leaseMilliseconds: 60_000), .sent, replica)
            let logged = try await bed.entries(EntryKind.contacted)
            #expect(logged.map(\.occurredAt) == [CampaignBed.start, CampaignBed.start])
            let last = try await bed.administrator.query(
                "SELECT contacted_at FROM campaign.contact ORDER BY contacted_at"
            ).map { try $0.decode(0, as: Date.self) }
            #expect(last == [CampaignBed.start + 60, CampaignBed.start + 120])
        }
    }

    @Test("what was surely not taken counts from the time at which it was handed out again")
    func notTaken() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            let id = try await bed.start(bed.plan(try await bed.addCustomers(1)), replica)
            try await eventually("the wave") { try await bed.campaign(id, replica).progress?.done == 1 }
            try await bed.report(try await claim(replica, leaseMilliseconds: 60_000), .notTaken, replica)
            bed.clock.advance(by: 60)
            try await bed.report(try await claim(replica, leaseMilliseconds: 60_000), .sent, replica)
            #expect(try await bed.entries(EntryKind.contacted).map(\.occurredAt) == [CampaignBed.start + 60])
        }
    }

    @Test("what may have left does not leave through a channel that deduplicates no longer")
    func noLonger() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            let id = try await lapsed(2, bed, replica)
            #expect(try await bed.claim(replica).isEmpty)
            #expect(try await bed.campaign(id, replica).deliveries == ["unknown": 2])
            #expect(try await bed.entries(EntryKind.contacted).count == 2)
        }
    }

    @Test("what may have left counts as unknown, not as refused, when an opt-out or the close stops it")
    func stopped() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            let id = try await lapsed(3, bed, replica)
            try await bed.optOut(1)
            let again = try await claim(replica, leaseMilliseconds: 60_000)
            #expect(Set(again.map(\.customerID)) == [2, 3])
            #expect(try await bed.campaign(id, replica).deliveries == ["unknown": 1, "sending": 2])
            try await bed.report(again, .notTaken, replica)
            _ = try await replica.client.closeCampaign(.init(campaignID: id), options: CampaignBed.options())
            try await eventually("the rest") {
                try await bed.campaign(id, replica).deliveries == ["unknown": 3]
            }
            #expect(try await bed.campaign(id, replica).refused.isEmpty)
            #expect(try await bed.entries(EntryKind.contacted).count == 3)
            #expect(try await claim(replica, leaseMilliseconds: 60_000).isEmpty)
        }
    }
}
