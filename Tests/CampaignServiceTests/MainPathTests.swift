internal import CampaignDomain
internal import Contracts
internal import Crypto
internal import Foundation
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("from the draft to the outcomes")
struct MainPathTests {
    @Test(
        "everybody of the audience is contacted, held or refused; contacts leave once; conversions are logged with their cut"
    )
    func wholePath() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let willing = try await bed.addCustomers(250)
        let unasked = try await bed.addCustomers(50, from: 1_001, consent: nil)
        let members = (willing + unasked).sorted { $0.customerID < $1.customerID }
        let held = Set(willing.filter { Self.isHeld("N\($0.customerID)") }.map(\.customerID))

        try await replica.running {
            let id = try await bed.start(bed.plan(members, controlBasisPoints: 2_000), replica)
            try await eventually("the wave") { try await bed.campaign(id, replica).progress?.done == 300 }
            let planned = try await bed.campaign(id, replica)
            #expect(planned.refused == ["no_consent": 50])
            #expect(planned.held == Int64(held.count))
            #expect(planned.deliveries == ["reserved": Int64(250 - held.count)])

            var seen: [String: CampaignV1.Delivery] = [:]
            while case let deliveries = try await bed.claim(replica, limit: 30), !deliveries.isEmpty {
                for delivery in deliveries { #expect(seen.updateValue(delivery, forKey: delivery.dedupeKey) == nil) }
                let results = try await bed.report(deliveries, .sent, replica)
                #expect(results.allSatisfy { $0.status == .accepted })
            }
            #expect(Set(seen.values.map(\.customerID)) == Set(willing.map(\.customerID)).subtracting(held))
            let delivery = try #require(seen.values.first)
            #expect(delivery.title == CampaignBed.offer.title && delivery.text == CampaignBed.offer.text)
            #expect(delivery.customerNumber == "N\(delivery.customerID)")

            let converting = [delivery.customerID, try #require(held.first), unasked[0].customerID]
            let moment = CampaignBed.start + 60
            bed.clock.advance(by: 120)
            let events = converting.map {
                bed.event("e\($0)", of: $0, type: "deposit.opened", at: moment, properties: #"{"amount": 5000}"#)
            }
            let position = try await bed.track(events + events)
            _ = try await replica.client.waitApplied(.init(position: position), options: CampaignBed.options(nil))
            let outcomes = try await bed.entries(EntryKind.outcome)
            #expect(Set(outcomes.map(\.customerID)) == Set(converting))
            #expect(outcomes.count == 3)
            for outcome in outcomes {
                let body: CampaignV1.Outcome = try outcome.body.unpacked()
                let isControl = Self.isHeld("N\(outcome.customerID)")
                #expect(outcome.occurredAt == moment && body.valueMinor == 5_000)
                #expect(body.cut?.control == isControl && body.cut?.arm == (isControl ? "held" : "contacted"))
                #expect(body.cut?.campaignID == id && body.cut?.officePath == "/head/" && body.cut?.manager == "m1")
                #expect(body.cut?.conversionWindowMicros == 7 * 86_400_000_000 && body.cut?.currency == "CNY")
            }
        }
        #expect(try await bed.entries(EntryKind.contacted).count == 250 - held.count)
        #expect(Set(try await bed.entries(EntryKind.held).map(\.customerID)) == held)
        #expect(try await bed.entries(EntryKind.refused).count == 50)
    }

    @Test("a conversion in another currency than the campaign's counts, and is worth nothing")
    func otherCurrency() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            _ = try await bed.planned(1, replica)
            _ = try await bed.claim(replica)
            bed.clock.advance(by: 120)
            let events = ["", #", "currency": "CNY""#, #", "currency": "USD""#].enumerated().map { number, currency in
                bed.event(
                    "e\(number)", of: 1, type: "deposit.opened", at: CampaignBed.start + 60,
                    properties: #"{"amount": 5000\#(currency)}"#)
            }
            let position = try await bed.track(events)
            _ = try await replica.client.waitApplied(.init(position: position), options: CampaignBed.options(nil))
            let outcomes = try await bed.entries(EntryKind.outcome).map { entry in
                try entry.body.unpacked() as CampaignV1.Outcome
            }
            let values = Dictionary(outcomes.map { ($0.eventID, $0.valueMinor) }, uniquingKeysWith: { $1 })
            #expect(values == ["e0": 5_000, "e1": 5_000, "e2": 0])
        }
    }

    @Test("without a consent line everybody is refused")
    func noConsent() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let members = try await bed.addCustomers(120, consent: nil)
        try await replica.running {
            let id = try await bed.start(bed.plan(members, controlBasisPoints: 2_000), replica)
            try await eventually("the wave") { try await bed.campaign(id, replica).progress?.done == 120 }
            let campaign = try await bed.campaign(id, replica)
            #expect(campaign.refused == ["no_consent": 120])
            #expect(campaign.held == 0 && campaign.deliveries.isEmpty)
            #expect(try await bed.claim(replica).isEmpty)
        }
    }

    @Test("a waiting claim answers as soon as a contact is reserved")
    func waitingClaim() async throws {
        let bed = try await CampaignBed.make { $0.claimLookInterval = .seconds(60) }
        let replica = try bed.replica()
        let members = try await bed.addCustomers(1)
        try await replica.running {
            async let claimed = replica.client.claimDeliveries(
                .init(channel: "sms", limit: 10, leaseMilliseconds: 60_000, worker: "test", wait: true),
                options: CampaignBed.options(nil))
            _ = try await bed.start(bed.plan(members), replica)
            #expect(try await claimed.deliveries.count == 1)
        }
    }

    @Test("waves wait for their time, and quiet hours refuse")
    func wavesAndQuietHours() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let members = try await bed.addCustomers(30)
        try await replica.running {
            try await bed.policy(
                .init(quietHours: [.init(channel: "*", fromMinute: 21 * 60, untilMinute: 8 * 60)]), replica)
            var plan = bed.plan(members)
            let evening = CampaignBed.start + 12 * 3_600
            plan.waves.append(.init(number: 2, channel: "push", startsAtMicros: evening.microseconds))
            let id = try await bed.start(plan, replica)
            try await eventually("the first wave") {
                try await bed.count("SELECT count(*) FROM campaign.contact") == 30
            }
            #expect(try await bed.campaign(id, replica).refused.isEmpty)
            bed.clock.advance(by: 12 * 3_600)
            try await eventually("the second wave") { try await bed.campaign(id, replica).refused["quiet_hours"] == 30 }
            #expect(try await bed.claim(replica).isEmpty, "what was reserved by day does not leave by night")
            let wait = try await bed.campaign(id, replica).quietWait
            #expect(wait == .init(deliveries: 30, untilMicros: (CampaignBed.start + 22 * 3_600).microseconds))
            bed.clock.advance(by: 10 * 3_600)
            #expect(try await bed.campaign(id, replica).quietWait == nil)
            #expect(try await bed.claim(replica).count == 30)
        }
    }

    private static func isHeld(_ number: String) -> Bool {
        let first = SHA256.hash(data: Data("salt:\(number)".utf8)).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return first % 10_000 < 2_000
    }
}
