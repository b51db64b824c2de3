internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("a stop that fails while customers wait for the audience")
struct EarlyStopTests {
    @Test("whoever came early is contacted once the campaign goes on, also where it has no waves")
    func notForgotten() async throws {
        let bed = try await CampaignBed.make(snapshotPageSize: 2)
        let replica = try bed.replica()
        let members = try await bed.addCustomers(4)
        let others = try await bed.addCustomers(1, from: 10_001)
        try await replica.running {
            bed.segmentation.beforePage.withLock { hook in
                hook = { start throws(RPCError) in
                    if start >= 2 { throw RPCError(.unavailable, "the next page is not there yet") }
                }
            }
            var plan = bed.plan(members)
            plan.waves = []
            plan.triggers = [.init(eventType: "loan.viewed", channel: "push")]
            let id = try await bed.start(plan, replica)
            try await eventually("the first page") {
                try await bed.count("SELECT count(*) FROM campaign.audience") == 2
            }
            // The last two come with the second page.
            let position = try await bed.track(
                members.suffix(2).map { bed.event("e\($0.customerID)", of: $0.customerID, type: "loan.viewed") })
            _ = try await replica.client.waitApplied(.init(position: position), options: CampaignBed.options(nil))
            #expect(try await bed.count("SELECT count(*) FROM campaign.early_trigger") == 2)

            try await bed.administrator.execute(
                "INSERT INTO campaign.stop_wish VALUES (\(id), now() + interval '1 hour')")
            bed.segmentation.beforePage.withLock { hook in hook = { _ in } }
            try await eventually("the audience") {
                try await bed.count("SELECT count(*) FROM campaign.audience_load WHERE is_complete") == 1
            }
            // Another campaign goes through all its steps: the planner has looked at this one meanwhile.
            let other = try await bed.start(bed.plan(others), replica)
            try await eventually("the other campaign") { try await bed.campaign(other, replica).progress?.done == 1 }
            #expect(try await bed.claim(replica, channel: "push").isEmpty)

            try await bed.administrator.execute("DELETE FROM campaign.stop_wish")
            var contacted: Set<Int64> = []
            try await eventually("the contacts of those who came early") {
                contacted.formUnion(try await bed.claim(replica, channel: "push").map(\.customerID))
                return contacted == Set(members.suffix(2).map(\.customerID))
            }
        }
    }
}
