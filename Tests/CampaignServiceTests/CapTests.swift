internal import CampaignDomain
internal import Contracts
internal import EventLog
internal import Foundation
internal import Postgres
internal import TestSupport
internal import Testing

@testable internal import CampaignService

@Suite("caps and quiet hours over all campaigns")
struct CapTests {
    private static let day = 86_400.0

    /// 50 workers decide, claim and report for 20 customers in 5 campaigns while business time runs; afterwards a
    /// checker that knows only the ledger of contacts looks for a window with more than the cap allows, and for a
    /// contact at night.
    @Test("no window of any customer holds more contacts than the cap, and none leaves at night, whoever does it")
    func race() async throws {
        let generator = SeededGenerator("cap race")
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await bed.policy(
            .init(
                caps: [
                    .init(channel: "sms", contacts: 2, windowMicros: Int64(Self.day) * 1_000_000),
                    .init(channel: "*", contacts: 3, windowMicros: 3 * Int64(Self.day) * 1_000_000),
                ], quietHours: [.init(channel: "push", fromMinute: 21 * 60, untilMinute: 8 * 60)]), replica)
        let members = try await bed.addCustomers(20)
        let campaigns = try await Self.campaigns(5, waves: 30, members, bed, replica)
        let rounds = TestTier.rounds(long: 60)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<50 {
                group.addTask {
                    var random = SeededGenerator(seed: generator.seed &+ UInt64(worker))
                    for _ in 0..<rounds {
                        bed.clock.advance(by: Double.random(in: 0...2_000, using: &random))
                        if worker % 3 == 0 {
                            let claimed = try await bed.claim(
                                replica, channel: worker % 2 == 0 ? "push" : "sms", limit: 7)
                            let outcome =
                                [CampaignV1.DeliveryOutcome.sent, .unknown, .notTaken, .refused]
                                .randomElement(using: &random) ?? .sent
                            try await bed.report(claimed, outcome, replica)
                        } else {
                            try await Self.reserve(campaigns, members, bed, using: &random)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let ledger = try await Self.ledger(bed)
        let contacts = ledger.values.reduce(0) { $0 + $1.count }
        #expect(contacts > 40, "the caps were reached and windows passed")
        for (customer, contacts) in ledger {
            let sms = contacts.filter { $0.channel == "sms" }.map(\.moment)
            #expect(Self.most(sms, within: Self.day) <= 2, "customer \(customer)")
            #expect(Self.most(contacts.map(\.moment), within: 3 * Self.day) <= 3, "customer \(customer)")
            let nightly = contacts.filter {
                $0.channel == "push" && !(8 * 60..<21 * 60).contains(MinuteOfDay.of($0.moment, in: bed.clock.timeZone))
            }
            #expect(nightly.isEmpty, "customer \(customer)")
        }
        TestTier.report(
            "caps: 50 workers, \(contacts) contacts of 20 customers, no window above its cap, none at night")
    }

    /// Whether the contact left at the beginning of the lease or at its end, its worker alone knows.
    @Test(
        "a cap counts from the report or the lapse that ended a claim, not from its beginning",
        arguments: [true, false])
    func countsFromTheEnd(isReported: Bool) async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await bed.policy(.init(caps: [.init(channel: "sms", contacts: 1, windowMicros: 3_600_000_000)]), replica)
        let members = try await bed.addCustomers(1)
        @Sendable func run() async throws -> CampaignV1.Campaign {
            let id = try await bed.start(bed.plan(members), replica)
            try await eventually("the wave") { try await bed.campaign(id, replica).progress?.done == 1 }
            return try await bed.campaign(id, replica)
        }
        try await replica.running {
            let first = try await run()
            let claimed = try await bed.claim(replica)
            bed.clock.advance(by: 300)
            if isReported {
                try await bed.report(claimed, .sent, replica)
            } else {
                try await bed.administrator.execute(
                    "UPDATE campaign.contact SET lease_until = now() - interval '1 hour'")
                try await eventually("the lapse") {
                    try await bed.campaign(first.campaignID, replica).deliveries == ["unknown": 1]
                }
            }
            bed.clock.advance(by: 3_600 - 299)
            #expect(try await run().refused == ["cap": 1])
            bed.clock.advance(by: 299)
            #expect(try await run().deliveries == ["reserved": 1])
            // The window of the conversions begins when the contact was handed out, as before.
            #expect(try await bed.entries(EntryKind.contacted).map(\.occurredAt) == [CampaignBed.start])
        }
    }

    private static func campaigns(
        _ count: Int, waves: Int32, _ members: [SegmentationV1.Member], _ bed: CampaignBed, _ replica: Replica
    ) async throws -> [LiveCampaign] {
        for _ in 0..<count {
            var plan = bed.plan(members)
            plan.waves = (1...waves).map { .init(number: $0, channel: $0 % 2 == 0 ? "push" : "sms") }
            _ = try await bed.start(plan, replica)
        }
        let content = try await bed.pool.withConnection { try await CampaignBook().read(in: $0) }
        let audience = members.map { AudienceMember($0) }
        for campaign in content.running {
            try await bed.pool.transaction { try await AudienceStorage.insert(audience, of: campaign.id, in: $0) }
        }
        return content.running
    }

    /// One worker's step: some wave of some campaign, for the customers of one partition, through the gate.
    private static func reserve(
        _ campaigns: [LiveCampaign], _ members: [SegmentationV1.Member], _ bed: CampaignBed,
        using random: inout SeededGenerator
    ) async throws {
        guard let campaign = campaigns.randomElement(using: &random),
            let wave = campaign.plan.waves.randomElement(using: &random),
            let chosen = members.randomElement(using: &random)
        else { return }
        let partition = LogPartition.of(customerID: chosen.customerID)
        let candidates = members.filter { LogPartition.of(customerID: $0.customerID) == partition }.map {
            Candidate(member: AudienceMember($0), campaign: campaign, wave: wave.number, channel: wave.channel)
        }
        let now = bed.clock.now()
        try await bed.pool.transaction { connection in
            let policy = try await PolicyStorage.current(in: connection).policy
            let result = try await ContactReservation(timeZone: bed.clock.timeZone).decide(
                candidates, policy: policy, now: now, in: connection)
            try await EventLogWriter(schema: "campaign").append(result.entries, in: connection)
        }
    }

    private static func ledger(_ bed: CampaignBed) async throws -> [Int64: [(channel: String, moment: Date)]] {
        let rows = try await bed.administrator.query(
            """
            SELECT customer_id, channel, contacted_at FROM campaign.contact
            WHERE state IN ('sent', 'unknown', 'sending') ORDER BY contacted_at
            """)
        var ledger: [Int64: [(channel: String, moment: Date)]] = [:]
        for row in rows {
            let (customer, channel, moment) = try row.decode((Int64, String, Date).self)
            ledger[customer, default: []].append((channel, moment))
        }
        return ledger
    }

    /// The most moments that any half-open window of this length holds; moments ascend.
    private static func most(_ moments: [Date], within window: Double) -> Int {
        moments.indices.map { start in
            moments[start...].prefix { $0 < moments[start] + window }.count
        }.max() ?? 0
    }
}

extension AudienceMember {
    fileprivate init(_ member: SegmentationV1.Member) {
        self.init(
            customerID: member.customerID, customerNumber: member.customerNumber, officePath: member.officePath,
            manager: member.manager, isControl: false)
    }
}
