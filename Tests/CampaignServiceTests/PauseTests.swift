internal import Contracts
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("a campaign that is paused or closed while it works")
struct PauseTests {
    @Test("once the pause is answered nothing more is reserved or handed out, wherever its wave was")
    func paused() async throws {
        let bed = try await CampaignBed.make(pageSize: 4, snapshotPageSize: 1_000)
        let replica = try bed.replica()
        let members = try await bed.addCustomers(500)
        let others = try await bed.addCustomers(1, from: 10_001)
        try await replica.running {
            // More waves than the rounds get through.
            var plan = bed.plan(members)
            plan.waves = (1...50).map { .init(number: $0, channel: "sms") }
            let id = try await bed.start(plan, replica)
            for round in 0..<TestTier.rounds(long: 100) {
                let before = try await decided(id, bed)
                try await eventually("progress") { try await decided(id, bed) > before }
                let worker = Task { while !Task.isCancelled { _ = try await bed.claim(replica, limit: 2) } }
                _ = try await replica.client.pauseCampaign(.init(campaignID: id), options: CampaignBed.options())
                let paused = try await counts(id, bed)
                // Another campaign goes through all its steps: planner and workers looked at everything meanwhile.
                let other = try await bed.start(bed.plan(others, channel: "push"), replica)
                try await eventually("the other campaign") {
                    try await bed.campaign(other, replica).progress?.done == 1
                }
                #expect(try await counts(id, bed) == paused, "round \(round)")
                worker.cancel()
                _ = await worker.result
                _ = try await replica.client.startCampaign(.init(campaignID: id), options: CampaignBed.options())
            }
            _ = try await replica.client.closeCampaign(.init(campaignID: id), options: CampaignBed.options())
            try await eventually("the rest to be refused") {
                try await bed.campaign(id, replica).deliveries["reserved"] == nil
            }
        }
    }

    @Test("who stops a campaign waits for those alone who have begun, whoever comes meanwhile")
    func overtaking() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            let id = try await bed.start(bed.plan(try await bed.addCustomers(3)), replica)
            try await eventually("the contacts") {
                try await bed.campaign(id, replica).deliveries == ["reserved": 3]
            }
            let (release, released) = AsyncStream.makeStream(of: Void.self)
            let begun = Task {
                try await bed.administrator.transaction { connection in
                    _ = try await connection.query(
                        "SELECT FROM campaign.campaign WHERE campaign_id = \(id) FOR SHARE")
                    for await _ in release {}
                }
            }
            try await eventually("somebody has begun") {
                try await bed.count(
                    """
                    SELECT count(*) FROM pg_locks
                    WHERE relation = 'campaign.campaign'::regclass AND mode = 'RowShareLock' AND granted
                    """) > 0
            }
            let stopping = Task {
                try await replica.client.pauseCampaign(.init(campaignID: id), options: CampaignBed.options())
            }
            try await eventually("the pause waits") {
                try await bed.count("SELECT count(*) FROM campaign.stop_wish") > 0
            }
            #expect(try await bed.claim(replica).isEmpty)
            released.finish()
            #expect(try await stopping.value.campaign?.state == .paused)
            try await begun.value
            // Nothing is left of it: the campaign goes on at once when it is started again.
            _ = try await replica.client.startCampaign(.init(campaignID: id), options: CampaignBed.options())
            #expect(try await bed.claim(replica).count == 3)
        }
    }

    private func decided(_ id: Int64, _ bed: CampaignBed) async throws -> Int64 {
        try await bed.count("SELECT count(*) FROM campaign.contact WHERE campaign_id = \(id)")
    }

    /// Contacts in all, and those that were ever handed out.
    private func counts(_ id: Int64, _ bed: CampaignBed) async throws -> [Int64] {
        let row = try await bed.administrator.query(
            """
            SELECT count(*), count(*) FILTER (WHERE fencing_token > 0) FROM campaign.contact
            WHERE campaign_id = \(id)
            """)[0]
        return [try row.decode(0), try row.decode(1)]
    }

    @Test("a campaign whose snapshot cannot be read keeps no other waiting")
    func isolated() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let members = try await bed.addCustomers(10)
        try await replica.running {
            let lost = bed.plan(members)
            let first = try await bed.draft(lost, replica).campaignID
            _ = try await replica.client.approveCampaign(
                .init(campaignID: first, version: 1), options: CampaignBed.options(CampaignBed.checker))
            bed.segmentation.lose(lost.snapshotID)
            _ = try await replica.client.startCampaign(.init(campaignID: first), options: CampaignBed.options())
            let second = try await bed.start(bed.plan(members), replica)
            try await eventually("the second campaign") {
                try await bed.campaign(second, replica).progress?.done == 10
            }
            #expect(try await bed.campaign(first, replica).deliveries.isEmpty)
        }
    }

    @Test("what a worker gives back after the close is refused, not left waiting")
    func givenBack() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let members = try await bed.addCustomers(3)
        try await replica.running {
            let id = try await bed.start(bed.plan(members), replica)
            try await eventually("the wave") { try await bed.campaign(id, replica).progress?.done == 3 }
            let claimed = try await bed.claim(replica)
            _ = try await replica.client.closeCampaign(.init(campaignID: id), options: CampaignBed.options())
            // The planner has looked at the closed campaign, of which all is with a worker.
            let other = try await bed.start(bed.plan(members, channel: "push"), replica)
            try await eventually("the other campaign") { try await bed.campaign(other, replica).progress?.done == 3 }
            try await bed.report(claimed, .notTaken, replica)
            try await eventually("the refusals") {
                try await bed.campaign(id, replica).refused == ["campaign_closed": 3]
            }
            #expect(try await bed.entries(EntryKind.refused).count == 3)
        }
    }
}
