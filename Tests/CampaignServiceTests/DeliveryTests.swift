internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("contacts on their way")
struct DeliveryTests {
    @Test("what a dead worker had is unknown, is logged as such and never handed out again; a person may settle it")
    func lapsed() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            let id = try await bed.planned(6, replica)
            let claimed = try await bed.claim(replica, leaseMilliseconds: 1_000)
            #expect(claimed.count == 6)
            try await eventually("the leases to lapse") {
                try await bed.campaign(id, replica).deliveries == ["unknown": 6]
            }
            #expect(try await bed.claim(replica).isEmpty)
            let logged = try await bed.entries(EntryKind.contacted)
            #expect(logged.count == 6)
            #expect(try logged.allSatisfy { try $0.body.unpacked(CampaignV1.Contacted.self).delivery == "unknown" })

            let listed = try await replica.client.listDeliveries(
                .init(state: "unknown"), options: CampaignBed.options(CampaignBed.operatorOfAll))
            #expect(Set(listed.deliveries.map(\.dedupeKey)) == Set(claimed.map(\.dedupeKey)))
            try await bed.report(Array(listed.deliveries.prefix(2)), .sent, replica)
            try await bed.report(Array(listed.deliveries[2..<3]), .refused, replica)
            #expect(try await bed.campaign(id, replica).deliveries == ["unknown": 3, "sent": 2, "failed": 1])
            let changes = try await bed.entries(EntryKind.changed).map {
                try $0.body.unpacked(CampaignV1.DeliveryChanged.self).delivery
            }
            #expect(changes.sorted() == ["not_sent", "sent", "sent"])
            #expect(try await bed.claim(replica).isEmpty)
        }
    }

    @Test("a report may come twice; that of an older claim is refused; each contact is logged once")
    func reports() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            let id = try await bed.planned(3, replica)
            let first = try await bed.claim(replica)
            #expect(try await bed.report(first, .notTaken, replica).allSatisfy { $0.status == .accepted })
            var second: [CampaignV1.Delivery] = []
            try await eventually("the second attempt") {
                second += try await bed.claim(replica)
                return second.count == 3
            }
            #expect(second.allSatisfy { $0.attempt == 2 && $0.fencingToken == 2 })
            let stale = try await bed.report(first, .sent, replica)
            #expect(stale.allSatisfy { $0.refusal?.code == "stale_claim" })
            #expect(try await bed.report(first, .notTaken, replica).allSatisfy { $0.status == .duplicate })
            #expect(try await bed.report(second, .sent, replica).allSatisfy { $0.status == .accepted })
            #expect(try await bed.report(second, .sent, replica).allSatisfy { $0.status == .duplicate })
            #expect(try await bed.campaign(id, replica).deliveries == ["sent": 3])
            #expect(try await bed.entries(EntryKind.contacted).count == 3)
            var lost = second
            lost[0].deliveryID = 999_999
            let results = try await bed.report(lost, .sent, replica)
            #expect(results[0].refusal?.code == "unknown_delivery" && results[1].status == .duplicate)
        }
    }

    @Test("a contact that the channel wants later is not due before")
    func retryAfter() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            _ = try await bed.planned(1, replica)
            let delivery = try #require(try await bed.claim(replica).first)
            _ = try await replica.client.reportDeliveries(
                .init(reports: [
                    .init(
                        deliveryID: delivery.deliveryID, fencingToken: delivery.fencingToken, outcome: .notTaken,
                        reason: "http_429", retryAfterMilliseconds: 3_600_000, partition: delivery.partition)
                ]), options: CampaignBed.options(nil))
            #expect(try await bed.claim(replica).isEmpty)
        }
    }

    @Test("a claim that is repeated with its key gets the same deliveries")
    func claimWithKey() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            _ = try await bed.planned(10, replica)
            let request = CampaignV1.ClaimDeliveriesRequest(
                channel: "sms", limit: 4, leaseMilliseconds: 60_000, worker: "test")
            let replies = try await withThrowingTaskGroup(of: CampaignV1.ClaimDeliveriesResponse.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        try await replica.client.claimDeliveries(request, options: CampaignBed.options(nil, key: "c"))
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(replies.count == 1 && replies.first?.deliveries.count == 4)
            #expect(try await bed.claim(replica).count == 6)
        }
    }

    @Test("a claim that is repeated with its key brings nothing that its worker no longer has")
    func claimOver() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        @Sendable func claim(_ key: String, _ limit: Int32, lease: Int32) async throws -> [CampaignV1.Delivery] {
            try await replica.client.claimDeliveries(
                .init(channel: "sms", limit: limit, leaseMilliseconds: lease),
                options: CampaignBed.options(nil, key: key)
            ).deliveries
        }
        try await replica.running {
            let id = try await bed.planned(3, replica)
            let lapsing = try await claim("lapses", 1, lease: 1_000)
            #expect(lapsing.count == 1)
            try await eventually("the lease to lapse") {
                try await bed.campaign(id, replica).deliveries == ["unknown": 1, "reserved": 2]
            }
            try await bed.optOut(lapsing[0].customerID)
            #expect(try await claim("lapses", 1, lease: 1_000).isEmpty)

            let running = try await claim("runs", 2, lease: 60_000)
            try await bed.report(Array(running.prefix(1)), .sent, replica)
            #expect(try await claim("runs", 2, lease: 60_000) == Array(running.suffix(1)))
            try await bed.administrator.execute("UPDATE campaign.contact SET lease_until = now() - interval '1 hour'")
            #expect(try await claim("runs", 2, lease: 60_000).isEmpty)
        }
    }

    @Test(
        "a wait of hours is kept to its end, one of more than a day for a day",
        arguments: [(Int64(7_200_000), "1 hour 59 minutes"), (999_999_999, "23 hours 59 minutes")])
    func longWait(milliseconds: Int64, short: String) async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        @Sendable func pass(_ interval: String) async throws {
            try await bed.administrator.execute("UPDATE campaign.contact SET due_at = due_at - \(interval)::interval")
        }
        try await replica.running {
            _ = try await bed.planned(1, replica)
            let delivery = try #require(try await bed.claim(replica).first)
            _ = try await replica.client.reportDeliveries(
                .init(reports: [
                    .init(
                        deliveryID: delivery.deliveryID, fencingToken: delivery.fencingToken, outcome: .notTaken,
                        reason: "http_503", retryAfterMilliseconds: milliseconds, partition: delivery.partition)
                ]), options: CampaignBed.options(nil))
            try await pass(short)
            #expect(try await bed.claim(replica).isEmpty)
            try await pass("1 minute")
            #expect(try await bed.claim(replica).count == 1)
        }
    }

    @Test("a paused campaign reserves and hands out nothing; a closed one refuses what still waits")
    func pausedAndClosed() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            let id = try await bed.planned(8, replica)
            _ = try await replica.client.pauseCampaign(.init(campaignID: id), options: CampaignBed.options())
            #expect(try await bed.claim(replica).isEmpty)
            _ = try await replica.client.startCampaign(.init(campaignID: id), options: CampaignBed.options())
            #expect(try await bed.claim(replica, limit: 2).count == 2)
            _ = try await replica.client.closeCampaign(.init(campaignID: id), options: CampaignBed.options())
            #expect(try await bed.claim(replica).isEmpty)
            try await eventually("the rest to be refused") {
                try await bed.campaign(id, replica).refused == ["campaign_closed": 6]
            }
            #expect(try await bed.campaign(id, replica).deliveries == ["sending": 2])
            #expect(try await bed.entries(EntryKind.refused).count == 6)
        }
    }

    @Test("not taken too often, a contact is put aside with its reason; driven again it passes the whole gate first")
    func deadLetters() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let options = CampaignBed.options(CampaignBed.operatorOfAll)
        try await replica.running {
            let id = try await bed.planned(2, replica)
            var attempts = 0
            try await eventually("the attempts to be used up") {
                let claimed = try await bed.claim(replica)
                attempts += claimed.count
                try await bed.report(claimed, .notTaken, replica)
                return attempts == 24
            }
            #expect(try await bed.campaign(id, replica).deliveries == ["failed": 2])
            let letters = try await replica.client.listDeadLetters(.init(), options: options).deadLetters
            #expect(letters.count == 2)
            #expect(letters.allSatisfy { $0.kind == "delivery" && $0.reason == "test" && $0.attempts == 12 })
            let refusals = try await bed.entries(EntryKind.refused).map { try CampaignV1.Refused(unpacking: $0.body) }
            #expect(refusals.map(\.reason) == ["not_delivered", "not_delivered"], "nobody is lost from the audience")

            try await bed.administrator.execute(
                "INSERT INTO campaign.stop_wish VALUES (\(id), now() + interval '1 hour')")
            let stopping = await refusal {
                try await replica.client.redriveDeadLetter(
                    .init(deadLetterID: letters[0].deadLetterID), options: options)
            }
            #expect(stopping?.code == .unavailable, "it runs, and may go on doing so")
            try await bed.administrator.execute("DELETE FROM campaign.stop_wish")
            _ = try await replica.client.redriveDeadLetter(
                .init(deadLetterID: letters[0].deadLetterID), options: options)
            #expect(try await bed.campaign(id, replica).deliveries == ["failed": 1, "reserved": 1])
            let again = try await bed.claim(replica)
            #expect(again.count == 1)
            try await bed.report(again, .sent, replica)
            #expect(try await bed.entries(EntryKind.contacted).count == 1)

            for customer in [Int64(1), 2] { try await bed.optOut(customer) }
            let refused = await refusal {
                try await replica.client.redriveDeadLetter(
                    .init(deadLetterID: letters[1].deadLetterID), options: options)
            }
            #expect(refused?.code == .failedPrecondition)
            let left = try await replica.client.listDeadLetters(.init(), options: options).deadLetters
            #expect(left.map(\.redriven) == [true, false])
        }
    }

    @Test("a dead letter is driven again once: what the channel then refuses for good stays so")
    func drivenOnce() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let options = CampaignBed.options(CampaignBed.operatorOfAll)
        try await replica.running {
            let id = try await bed.planned(1, replica)
            try await eventually("the attempts to be used up") {
                try await bed.report(try await bed.claim(replica), .notTaken, replica)
                return try await bed.campaign(id, replica).deliveries == ["failed": 1]
            }
            let letter = try #require(
                try await replica.client.listDeadLetters(.init(), options: options).deadLetters.first)
            _ = try await replica.client.redriveDeadLetter(.init(deadLetterID: letter.deadLetterID), options: options)
            try await bed.report(try await bed.claim(replica), .refused, replica)
            let error = await refusal {
                try await replica.client.redriveDeadLetter(.init(deadLetterID: letter.deadLetterID), options: options)
            }
            #expect(error?.code == .notFound)
            #expect(try await bed.campaign(id, replica).deliveries == ["failed": 1])
            #expect(try await bed.claim(replica).isEmpty)
        }
    }

    @Test("a person settles what nobody knows, and nothing that a worker has")
    func notTheWorkers() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            let id = try await bed.planned(1, replica)
            let claimed = try await bed.claim(replica)
            let report = CampaignV1.DeliveryReport(
                deliveryID: claimed[0].deliveryID, fencingToken: claimed[0].fencingToken, outcome: .refused,
                partition: claimed[0].partition)
            let results = try await replica.client.reportDeliveries(
                .init(reports: [report]), options: CampaignBed.options(CampaignBed.operatorOfAll)
            ).results
            #expect(results.map { $0.refusal?.code } == ["stale_claim"])
            try await bed.report(claimed, .sent, replica)
            #expect(try await bed.campaign(id, replica).deliveries == ["sent": 1])
            #expect(try await bed.entries(EntryKind.contacted).count == 1)
        }
    }

    @Test("people do not claim deliveries, and report only on what they may see")
    func people() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            _ = try await bed.planned(1, replica)
            let error = await refusal {
                try await replica.client.claimDeliveries(
                    .init(channel: "sms", limit: 1, leaseMilliseconds: 1_000),
                    options: CampaignBed.options(CampaignBed.operatorOfAll))
            }
            #expect(error?.code == .permissionDenied)
            let claimed = try #require(try await bed.claim(replica).first)
            let east = Principal(user: "east", roles: ["operator"], officePath: "/head/east/")
            let results = try await replica.client.reportDeliveries(
                .init(reports: [
                    .init(
                        deliveryID: claimed.deliveryID, fencingToken: claimed.fencingToken, outcome: .sent,
                        partition: claimed.partition)
                ]), options: CampaignBed.options(east)
            ).results
            #expect(results.first?.refusal?.code == "unknown_delivery")
        }
    }
}
