internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("what is handed out, and when")
struct HandingOutTests {
    @Test("nothing is handed out that its worker could let leave in quiet hours, and it counts as waiting for them")
    func leaseIntoQuietHours() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let quiet = CampaignV1.QuietHours(channel: "*", fromMinute: 10 * 60 + 30, untilMinute: 11 * 60)
        try await bed.policy(.init(quietHours: [quiet]), replica)
        try await replica.running {
            let id = try await bed.planned(3, replica)
            // Half a minute before quiet hours begin.
            bed.clock.advance(by: 29.5 * 60)
            #expect(try await bed.campaign(id, replica).quietWait == nil)
            #expect(try await bed.claim(replica, leaseMilliseconds: 31_000).isEmpty)
            let wait = try await bed.campaign(id, replica).quietWait
            #expect(wait == .init(deliveries: 3, untilMicros: (CampaignBed.start + 3_600).microseconds))
            #expect(try await bed.claim(replica, leaseMilliseconds: 29_000).count == 3)
        }
    }

    @Test("of two campaigns in one channel each has its turn, also where each claim takes one contact")
    func turns() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            let ids = [try await bed.planned(10, replica), try await bed.planned(10, from: 11, replica)]
            var claimed: [Int64] = []
            for _ in 0..<5 { claimed += try await bed.claim(replica, limit: 1).map(\.campaignID) }
            #expect(claimed == [ids[0], ids[1], ids[0], ids[1], ids[0]])
            #expect(try await bed.claim(replica, limit: 3).map(\.campaignID).filter { $0 == ids[1] }.count == 2)
        }
    }

    @Test(
        "nothing is handed out that its worker could let leave after the consent has ended",
        arguments: [(Int32(31_000), 0), (30_000, 0), (29_000, 1)])
    func leaseBeyondConsent(leaseMilliseconds: Int32, count: Int) async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            let id = try await bed.planned(1, replica)
            try await bed.administrator.execute(
                "UPDATE profile.consent SET valid_until = \(CampaignBed.start + 30)")
            #expect(try await bed.claim(replica, leaseMilliseconds: leaseMilliseconds).count == count)
            #expect(try await bed.campaign(id, replica).refused == (count == 0 ? ["no_consent": 1] : [:]))
        }
    }

    @Test("a claim whose answer may come too late hands out nothing")
    func tooLate() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            let id = try await bed.planned(3, replica)
            var options = CampaignBed.options(nil)
            options.timeout = .milliseconds(290)
            let request = CampaignV1.ClaimDeliveriesRequest(channel: "sms", limit: 3, leaseMilliseconds: 60_000)
            let late = try? await replica.client.claimDeliveries(request, options: options)
            #expect(late?.deliveries.isEmpty != false)
            #expect(try await bed.campaign(id, replica).deliveries == ["reserved": 3])
            #expect(try await bed.claim(replica).count == 3)
        }
    }

    @Test("what a worker gave back for later is not handed out at once to one that had looked before")
    func givenBack() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            let id = try await bed.planned(1, replica)
            let claimed = try await withThrowingTaskGroup(of: Int.self) { group in
                try await bed.administrator.transaction { connection in
                    _ = try await connection.query(
                        "SELECT FROM campaign.campaign WHERE campaign_id = \(id) FOR UPDATE")
                    group.addTask { try await bed.claim(replica).count }
                    try await eventually("a claim has looked and waits for its locks") {
                        try await bed.count(
                            """
                            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                            AND wait_event_type = 'Lock' AND query LIKE '%stop_wish%FOR SHARE OF c%'
                            """) > 0
                    }
                    // Meanwhile another has had it and gave it back.
                    try await connection.execute(
                        """
                        UPDATE campaign.contact SET fencing_token = fencing_token + 1, due_at = now() + interval '1 hour'
                        WHERE campaign_id = \(id)
                        """)
                }
                return try await group.next()
            }
            #expect(claimed == 0)
            try await bed.administrator.execute("UPDATE campaign.contact SET due_at = now() WHERE campaign_id = \(id)")
            #expect(try await bed.claim(replica).count == 1)
        }
    }

    @Test("whoever's consent changes at the moment is passed over: no other waits, and it is no stranger")
    func passedOver() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            let id = try await bed.planned(3, replica)
            try await bed.administrator.execute("DELETE FROM profile.consent_guard WHERE customer_id = 3")
            try await bed.administrator.transaction { connection in
                _ = try await connection.query(
                    "SELECT FROM profile.consent_guard WHERE customer_id = 1 FOR UPDATE")
                #expect(try await bed.claim(replica).map(\.customerID) == [2])
                #expect(try await bed.campaign(id, replica).refused == ["unknown_customer": 1])
            }
            #expect(try await bed.claim(replica).map(\.customerID) == [1])
        }
    }

    @Test("a policy and a dead letter change once: a call without a key is not repeated")
    func notRepeated() {
        #expect(CampaignV1.CampaignServiceMethods.putContactPolicy.kind == .mutating)
        #expect(CampaignV1.CampaignServiceMethods.redriveDeadLetter.kind == .mutating)
    }
}
