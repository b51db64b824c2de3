internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import ServiceKit
internal import TestSupport
internal import Testing

@Suite("four eyes")
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
            .init(campaignID: draft.campaignID, version: 1, reason: "as_planned"),
            options: CampaignBed.options(CampaignBed.checker))
        #expect(approved.campaign?.state == .approved && approved.campaign?.checker == "checker")
        let audited = try await bed.administrator.query(
            "SELECT who, reason, result FROM audit.entry WHERE service = 'campaign' ORDER BY sequence"
        ).map { try $0.decode((String, String, String).self) }
        #expect(audited.map(\.0) == ["maker", "maker", "checker"])
        #expect(audited.map(\.1) == ["OWN_WORK", "PERMISSION_DENIED", "as_planned"])
        #expect(audited.map(\.2) == ["refused", "refused", "done"])
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

    @Test("what a checker approves is what the draft showed, also where the offer was rewritten meanwhile")
    func wordsOfTheDraft() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let draft = try await bed.draft(bed.plan([]), replica)
        #expect(draft.offerTitle == CampaignBed.offer.title && draft.offerText == CampaignBed.offer.text)
        var offer = CampaignBed.offer
        offer.text = "Something else"
        _ = try await replica.client.putOffer(.init(offer: offer), options: CampaignBed.options())
        let approved = try await replica.client.approveCampaign(
            .init(campaignID: draft.campaignID, version: 1), options: CampaignBed.options(CampaignBed.checker))
        #expect(approved.campaign?.offerText == CampaignBed.offer.text)
        // Who wants the new words makes a new version, which has to be approved.
        let changed = try await replica.client.updateCampaign(
            .init(campaignID: draft.campaignID, version: 1, plan: bed.plan([])), options: CampaignBed.options())
        #expect(changed.campaign?.offerText == "Something else" && changed.campaign?.state == .draft)
    }

    @Test("an office changes no product and no offer that another has made")
    func offerOfAnotherOffice() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let east = CampaignBed.options(Principal(user: "e", roles: ["marketer"], officePath: "/head/east/"))
        let west = CampaignBed.options(Principal(user: "w", roles: ["marketer"], officePath: "/head/west/"))
        let head = CampaignBed.options(Principal(user: "h", roles: ["marketer"], officePath: "/head/"))
        var product = CampaignV1.Product(code: "card", name: "Card", class: "card")
        var offer = CampaignV1.Offer(code: "card", productCode: "card", title: "A card", text: "Take it")
        for options in [east, west, east] {
            // The same again changes nothing, whoever sends it.
            _ = try await replica.client.putProduct(.init(product: product), options: options)
            _ = try await replica.client.putOffer(.init(offer: offer), options: options)
        }
        product.name = "Another"
        offer.text = "Leave it"
        let (otherProduct, otherOffer) = (product, offer)
        let refusals = [
            await refusal { try await replica.client.putProduct(.init(product: otherProduct), options: west) },
            await refusal { try await replica.client.putOffer(.init(offer: otherOffer), options: west) },
        ]
        #expect(refusals.map(\.?.code) == [.permissionDenied, .permissionDenied])
        #expect(refusals.map(\.?.field) == ["product.code", "offer.code"])
        for options in [head, east] {
            _ = try await replica.client.putProduct(.init(product: otherProduct), options: options)
            _ = try await replica.client.putOffer(.init(offer: otherOffer), options: options)
        }
    }

    @Test("of two persons who change the same version of the contact policy the second has to read the first one's")
    func policyVersion() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let options = CampaignBed.options(CampaignBed.operatorOfAll)
        let cap = CampaignV1.Cap(channel: "sms", contacts: 1, windowMicros: 86_400_000_000)
        let first = try await replica.client.putContactPolicy(
            .init(policy: .init(caps: [cap])), options: options
        ).policy
        #expect(first?.version == 1)
        for version in [Int64(0), 2] {
            let stale = await refusal {
                try await replica.client.putContactPolicy(.init(policy: .init(version: version)), options: options)
            }
            #expect(stale?.code == .aborted && stale?.field == "policy.version")
            #expect(stale?.retryAfterMilliseconds == nil, "the same call is never answered otherwise")
        }
        let second = try await replica.client.putContactPolicy(.init(policy: .init(version: 1)), options: options)
        #expect(second.policy?.version == 2)
    }
}
