internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import ServiceKit
internal import TestSupport
internal import Testing

@Suite("four eyes, repetition and scope")
struct FourEyesTests {
    @Test("the checker is not the maker, and both the refusal and the approval are audited")
    func approval() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let draft = try await bed.draft(bed.plan([]), replica)
        let both = Principal(user: "maker", roles: ["marketer", "approver"], officePath: "/head/")
        let own = await refusal {
            try await replica.client.approveCampaign(
                .init(campaignID: draft.campaignID, version: 1), options: CampaignBed.options(both))
        }
        #expect(own?.code == .permissionDenied)
        let lacking = await refusal {
            try await replica.client.approveCampaign(
                .init(campaignID: draft.campaignID, version: 1), options: CampaignBed.options())
        }
        #expect(lacking?.code == .permissionDenied)
        let approved = try await replica.client.approveCampaign(
            .init(campaignID: draft.campaignID, version: 1, reason: "as planned"),
            options: CampaignBed.options(CampaignBed.checker))
        #expect(approved.campaign?.state == .approved && approved.campaign?.checker == "checker")
        let audited = try await bed.administrator.query(
            "SELECT who, result FROM audit.entry WHERE service = 'campaign' ORDER BY sequence"
        ).map { try $0.decode((String, String).self) }
        #expect(audited.map(\.0) == ["maker", "maker", "checker"])
        #expect(audited.map(\.1) == ["refused", "refused", "done"])
    }

    @Test("a change voids the approval: the campaign cannot be started until the new version is approved")
    func voidedApproval() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let plan = bed.plan([])
        let id = try await bed.draft(plan, replica).campaignID
        _ = try await replica.client.approveCampaign(
            .init(campaignID: id, version: 1), options: CampaignBed.options(CampaignBed.checker))
        let changed = try await replica.client.updateCampaign(
            .init(campaignID: id, version: 1, plan: plan), options: CampaignBed.options())
        #expect(changed.campaign?.state == .draft && changed.campaign?.version == 2)
        let early = await refusal {
            try await replica.client.startCampaign(.init(campaignID: id), options: CampaignBed.options())
        }
        #expect(early?.code == .failedPrecondition)
        let stale = await refusal {
            try await replica.client.approveCampaign(
                .init(campaignID: id, version: 1), options: CampaignBed.options(CampaignBed.checker))
        }
        #expect(stale?.code == .aborted)
        _ = try await replica.client.approveCampaign(
            .init(campaignID: id, version: 2), options: CampaignBed.options(CampaignBed.checker))
        let started = try await replica.client.startCampaign(.init(campaignID: id), options: CampaignBed.options())
        #expect(started.campaign?.state == .running)
    }

    @Test("what customers read is what was approved, whatever becomes of the offer")
    func offerStays() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let members = try await bed.addCustomers(1)
        try await replica.running {
            _ = try await bed.start(bed.plan(members), replica)
            var offer = CampaignBed.offer
            offer.text = "Something else"
            _ = try await replica.client.putOffer(.init(offer: offer), options: CampaignBed.options())
            var claimed: [CampaignV1.Delivery] = []
            try await eventually("the delivery") {
                claimed += try await bed.claim(replica)
                return !claimed.isEmpty
            }
            #expect(claimed.first?.text == CampaignBed.offer.text)
        }
    }

    @Test("a plan that cannot run is refused by the path of its field")
    func fields() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await bed.putOffer(replica)
        let wrong: [(String, RPCError.Code, (inout CampaignV1.CampaignPlan) -> Void)] = [
            ("plan.name", .invalidArgument, { $0.name = "" }),
            ("plan.waves[0].channel", .invalidArgument, { $0.waves[0].channel = "" }),
            ("plan.offer_code", .notFound, { $0.offerCode = "nothing" }),
            ("plan.snapshot_id", .notFound, { $0.snapshotID = 99 }),
            ("plan.office_path", .permissionDenied, { $0.officePath = "/other/" }),
        ]
        for (field, code, change) in wrong {
            var plan = bed.plan([])
            change(&plan)
            let error = await refusal {
                try await replica.client.createCampaign(.init(plan: plan), options: CampaignBed.options())
            }
            #expect(error?.field == field && error?.code == code)
        }
    }

    @Test("twenty calls with one key make one campaign and get one answer; another body under the key is refused")
    func repeated() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await bed.putOffer(replica)
        let plan = bed.plan([])
        let replies = try await withThrowingTaskGroup(of: CampaignV1.CreateCampaignResponse.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await replica.client.createCampaign(.init(plan: plan), options: CampaignBed.options(key: "k"))
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(replies.count == 1)
        #expect(try await bed.count("SELECT count(*) FROM campaign.campaign") == 1)
        var other = plan
        other.name = "Other"
        let error = await refusal {
            try await replica.client.createCampaign(.init(plan: other), options: CampaignBed.options(key: "k"))
        }
        #expect(error?.code == .invalidArgument && error?.field == "idempotency_key")
    }

    @Test("another office neither sees nor changes a campaign")
    func scope() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let id = try await bed.draft(bed.plan([]), replica).campaignID
        let east = Principal(user: "east", roles: ["marketer", "approver"], officePath: "/head/east/")
        let options = CampaignBed.options(east)
        let read = await refusal {
            try await replica.client.getCampaign(.init(campaignID: id), options: options)
        }
        #expect(read?.code == .notFound)
        let close = await refusal {
            try await replica.client.closeCampaign(.init(campaignID: id), options: options)
        }
        #expect(close?.code == .notFound)
        #expect(try await replica.client.listCampaigns(.init(), options: options).campaigns.isEmpty)
        #expect(try await replica.client.listCampaigns(.init(), options: CampaignBed.options()).campaigns.count == 1)
    }

    @Test("without a scope the role of people reads nothing of any campaign, contact or log")
    func noScope() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let members = try await bed.addCustomers(20)
        try await replica.running {
            let id = try await bed.start(bed.plan(members, controlBasisPoints: 5_000), replica)
            try await eventually("the wave") { try await bed.campaign(id, replica).progress?.done == 20 }
        }
        let relations = try await bed.administrator.query(
            """
            SELECT table_name FROM information_schema.table_privileges
            WHERE table_schema = 'campaign' AND grantee = 'zhike_campaign_request' AND privilege_type = 'SELECT'
            """
        ).map { try $0.decode(0, as: String.self) }
        #expect(relations.count > 10)
        // What belongs to the whole bank and to no office.
        let open: Set = [
            "product", "offer", "contact_policy", "revision", "visible_offer", "visible_contact_policy",
        ]
        for relation in relations where !open.contains(relation) {
            let rows = try await bed.requestPool.query("SELECT 1 FROM campaign.\(identifier: relation) LIMIT 1")
            #expect(rows.isEmpty, "\(relation)")
        }
    }
}
