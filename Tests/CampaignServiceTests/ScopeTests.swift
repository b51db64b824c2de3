internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("the offices of people")
struct ScopeTests {
    private static let people = ["marketer", "approver", "operator"]
    private static let ofA = Principal(user: "ann", roles: people, officePath: "/a/")
    private static let ofB = Principal(user: "ben", roles: people, officePath: "/b/")
    private static let checkerOfB = Principal(user: "bea", roles: ["approver"], officePath: "/b/")

    /// A campaign of /b with a contact in most states, and a past campaign on its way in.
    private struct Other {
        var campaign: Int64
        var draft: Int64
        var past: Int64
        var snapshot: Int64
        var unknown: CampaignV1.Delivery
        var letter: Int64
    }

    private static let opening = CampaignV1.OpenPastCampaignRequest(
        importKey: String(repeating: "b2", count: 32), name: "Mail", officePath: "/b/",
        arms: [.init(name: "mailed", control: false), .init(name: "none", control: true)],
        conversionEventType: "visit", conversionWindowMicros: 86_400_000_000, currency: "CNY")

    private func other(_ bed: CampaignBed, _ replica: Replica) async throws -> Other {
        let members = try await bed.addCustomers(12, officePath: "/b/")
        let options = CampaignBed.options(Self.ofB)
        try await bed.putOffer(replica)
        let plan = bed.plan(members, controlBasisPoints: 3_000, officePath: "/b/")
        let draft = try await replica.client.createCampaign(.init(plan: plan), options: options).campaign?.campaignID
        let id = try #require(
            try await replica.client.createCampaign(.init(plan: plan), options: options).campaign?.campaignID)
        _ = try await replica.client.approveCampaign(
            .init(campaignID: id, version: 1), options: CampaignBed.options(Self.checkerOfB))
        _ = try await replica.client.startCampaign(.init(campaignID: id), options: options)
        try await eventually("the wave") {
            try await replica.client.getCampaign(.init(campaignID: id), options: options).campaign?.progress?.done == 12
        }
        let claimed = try await bed.claim(replica, limit: 2)
        try await bed.report([claimed[0]], .unknown, replica)
        try await bed.administrator.execute(
            """
            INSERT INTO campaign.delivery_dead_letter (partition, delivery_id, reason, attempts, created_at, is_redriven)
            VALUES (\(Int16(claimed[1].partition)), \(claimed[1].deliveryID), 'http_500', 12, \(CampaignBed.start), false)
            """)
        let letters = try await replica.client.listDeadLetters(.init(), options: options).deadLetters
        let past = try await replica.client.openPastCampaign(Self.opening, options: options).campaignID
        return Other(
            campaign: id, draft: try #require(draft), past: past, snapshot: plan.snapshotID, unknown: claimed[0],
            letter: try #require(letters.first?.deadLetterID))
    }

    /// Everything that is stored, as one text.
    private func content(_ bed: CampaignBed) async throws -> String {
        try await bed.administrator.query(
            """
            SELECT md5(concat(
                (SELECT string_agg(c::text, ',' ORDER BY c::text) FROM campaign.campaign c),
                (SELECT string_agg(v::text, ',' ORDER BY v::text) FROM campaign.campaign_version v),
                (SELECT string_agg(t::text, ',' ORDER BY t::text) FROM campaign.contact t),
                (SELECT string_agg(d::text, ',' ORDER BY d::text) FROM campaign.delivery_dead_letter d),
                (SELECT string_agg(i::text, ',' ORDER BY i::text) FROM campaign.past_import i),
                (SELECT string_agg(p::text, ',' ORDER BY p::text) FROM campaign.contact_policy p),
                (SELECT string_agg(l::text, ',' ORDER BY l::text) FROM campaign.log l)))
            """)[0].decode(String.self)
    }

    @Test("a person of /a sees nothing of /b")
    func sees() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            let other = try await other(bed, replica)
            let client = replica.client
            for (person, isOwn) in [(Self.ofA, false), (Self.ofB, true)] {
                let options = CampaignBed.options(person)
                #expect(try await client.listCampaigns(.init(), options: options).campaigns.isEmpty != isOwn)
                for state in ["reserved", "sending", "unknown"] {
                    let listed = try await client.listDeliveries(
                        .init(state: state, campaignID: other.campaign), options: options)
                    #expect(listed.deliveries.isEmpty != isOwn, "\(state)")
                }
                #expect(try await client.listDeadLetters(.init(), options: options).deadLetters.isEmpty != isOwn)
            }
            let read = await refusal {
                try await client.getCampaign(.init(campaignID: other.campaign), options: CampaignBed.options(Self.ofA))
            }
            #expect(read?.code == .notFound && read?.field == "campaign_id")
        }
    }

    @Test("a person of /a changes nothing of /b, nor what holds for the whole bank")
    func changes() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await replica.running {
            let other = try await other(bed, replica)
            let before = try await content(bed)
            for (what, code, call) in calls(on: other, replica, CampaignBed.options(Self.ofA)) {
                let error = await refusal(of: call)
                #expect(error?.code == code, "\(what): \(String(describing: error))")
            }
            let report = try await replica.client.reportDeliveries(
                .init(reports: [
                    .init(
                        deliveryID: other.unknown.deliveryID, fencingToken: other.unknown.fencingToken, outcome: .sent,
                        partition: other.unknown.partition)
                ]), options: CampaignBed.options(Self.ofA))
            #expect(report.results.first?.refusal?.code == "unknown_delivery")
            #expect(try await content(bed) == before)
        }
    }

    private func calls(
        on other: Other, _ replica: Replica, _ options: CallOptions
    ) -> [(String, RPCError.Code, @Sendable () async throws -> Void)] {
        let client = replica.client
        var plan = CampaignV1.CampaignPlan(
            name: "Spring", officePath: "/a/", offerCode: CampaignBed.offer.code, purpose: "marketing",
            snapshotID: other.snapshot, conversionEventType: "visit", conversionWindowMicros: 1_000_000,
            waves: [.init(number: 1, channel: "sms")])
        let foreignSnapshot = plan
        plan.officePath = "/b/"
        let foreignOffice = plan
        return [
            (
                "foreign snapshot", .notFound,
                { _ = try await client.createCampaign(.init(plan: foreignSnapshot), options: options) }
            ),
            (
                "foreign office", .permissionDenied,
                { _ = try await client.createCampaign(.init(plan: foreignOffice), options: options) }
            ),
            (
                "update", .permissionDenied,
                {
                    _ = try await client.updateCampaign(
                        .init(campaignID: other.draft, version: 1, plan: foreignOffice), options: options)
                }
            ),
            (
                "approve", .notFound,
                { _ = try await client.approveCampaign(.init(campaignID: other.draft, version: 1), options: options) }
            ),
            (
                "start", .notFound,
                { _ = try await client.startCampaign(.init(campaignID: other.campaign), options: options) }
            ),
            (
                "pause", .notFound,
                { _ = try await client.pauseCampaign(.init(campaignID: other.campaign), options: options) }
            ),
            (
                "close", .notFound,
                { _ = try await client.closeCampaign(.init(campaignID: other.campaign), options: options) }
            ),
            (
                "redrive", .notFound,
                { _ = try await client.redriveDeadLetter(.init(deadLetterID: other.letter), options: options) }
            ),
            ("open past", .permissionDenied, { _ = try await client.openPastCampaign(Self.opening, options: options) }),
            (
                "import past", .notFound,
                {
                    _ = try await client.importPastContacts(
                        .init(campaignID: other.past, chunk: 0, contacts: [.init(arm: "none", channel: "mail")]),
                        options: options)
                }
            ),
            (
                "close past", .notFound,
                { _ = try await client.closePastCampaign(.init(campaignID: other.past), options: options) }
            ),
            (
                "policy", .permissionDenied,
                {
                    _ = try await client.putContactPolicy(
                        .init(policy: .init(caps: [.init(channel: "*", contacts: 1, windowMicros: 1_000_000)])),
                        options: options)
                }
            ),
        ]
    }

    @Test("a file that another office has imported is said to be theirs")
    func importedElsewhere() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        _ = try await replica.client.openPastCampaign(Self.opening, options: CampaignBed.options(Self.ofB))
        var same = Self.opening
        same.officePath = "/a/"
        let error = await refusal { [same] in
            try await replica.client.openPastCampaign(same, options: CampaignBed.options(Self.ofA))
        }
        #expect(error?.code == .permissionDenied && error?.field == "import_key")
    }

    @Test("a plan that names no office is of the office of the person who makes it, and stays there when it is changed")
    func noOffice() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await bed.putOffer(replica)
        var plan = bed.plan([], officePath: "/b/")
        plan.officePath = ""
        let made = try #require(
            try await replica.client.createCampaign(.init(plan: plan), options: CampaignBed.options(Self.ofB)).campaign)
        #expect(made.plan?.officePath == "/b/")
        let bank = Principal(user: "bob", roles: ["marketer"], officePath: "/")
        let changed = try await replica.client.updateCampaign(
            .init(campaignID: made.campaignID, version: 1, plan: plan), options: CampaignBed.options(bank)
        ).campaign
        #expect(changed?.plan?.officePath == "/b/" && changed?.version == 2)
        let foreign = await refusal { [plan] in
            try await replica.client.updateCampaign(
                .init(campaignID: made.campaignID, version: 2, plan: plan), options: CampaignBed.options(Self.ofA))
        }
        #expect(foreign?.code == .notFound && foreign?.field == "campaign_id")
    }

    @Test("a campaign cannot be moved to another office, nor contact customers of one")
    func moved() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let options = CampaignBed.options(Self.ofB)
        let own = try await bed.addCustomers(3, officePath: "/b/")
        let others = try await bed.addCustomers(3, from: 100, officePath: "/a/")
        try await bed.putOffer(replica)
        try await replica.running {
            // The snapshot is of the whole bank; the campaign is of one office.
            var plan = bed.plan(own + others, officePath: "/")
            plan.officePath = "/b/"
            let bank = Principal(user: "bob", roles: ["marketer"], officePath: "/")
            let id = try #require(
                try await replica.client.createCampaign(.init(plan: plan), options: CampaignBed.options(bank)).campaign?
                    .campaignID)
            plan.officePath = "/a/"
            let moved = await refusal { [plan] in
                try await replica.client.updateCampaign(.init(campaignID: id, version: 1, plan: plan), options: options)
            }
            #expect(moved?.code == .permissionDenied && moved?.field == "plan.office_path")
            _ = try await replica.client.approveCampaign(
                .init(campaignID: id, version: 1), options: CampaignBed.options(Self.checkerOfB))
            _ = try await replica.client.startCampaign(.init(campaignID: id), options: options)
            try await eventually("the wave") {
                try await bed.count("SELECT count(*) FROM campaign.wave_run WHERE finished_at IS NOT NULL") == 1
            }
            #expect(Set(try await bed.claim(replica).map(\.customerID)) == Set(own.map(\.customerID)))
            #expect(try await bed.count("SELECT count(*) FROM campaign.audience") == 3)
        }
    }
}
