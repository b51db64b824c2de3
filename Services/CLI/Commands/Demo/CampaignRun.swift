internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC

/// One campaign from the segment to the report, each step as the people of a bank would take it.
struct CampaignRun: Sendable {
    let suite: Suite
    /// Business time of all steps before the outcomes.
    let start: Date

    struct Plan: Sendable {
        var name: String
        var rule: String
        var offer: CampaignV1.Offer
        var product: CampaignV1.Product
        var channel: String
        var controlBasisPoints: Int32
        var salt: String
        var conversionEvent: String
        var windowDays: Int64
        var valueProperty: String
        var currency: String
    }

    /// Customers of the audience by the bank's number.
    struct Audience: Sendable {
        var snapshot: SegmentationV1.Snapshot
        var customerNumbers: [String]
    }

    private var clients: SuiteClients { suite.clients }

    /// Writes the rule down, counts, and freezes who fits.
    func freeze(_ plan: Plan, after: CommonV1.LogPosition?) async throws -> Audience {
        let segment =
            try await Patience.call(for: Person.maker) { options in
                try await clients.segmentation.createSegment(
                    SegmentationV1.CreateSegmentRequest(
                        name: plan.name, rule: SegmentationV1.Rule(form: .text(plan.rule)), officePath: "/"),
                    options: options)
            }.segment ?? SegmentationV1.Segment()
        let count = try await Patience.call(for: Person.maker) { options in
            try await clients.segmentation.count(
                SegmentationV1.CountRequest(of: .segmentID(segment.segmentID)), options: options)
        }
        Terminal.shared.say(
            localized(
                "segment: \(count.count) of \(count.total) customers fit  \(segment.ruleText)",
                "客群：\(count.total) 名客户中 \(count.count) 名符合  \(segment.ruleText)"))
        let snapshot =
            try await Patience.call(for: Person.maker) { options in
                try await clients.segmentation.freeze(
                    SegmentationV1.FreezeRequest(segmentID: segment.segmentID, after: after.map { [$0] } ?? []),
                    options: options)
            }.snapshot ?? SegmentationV1.Snapshot()
        return Audience(snapshot: snapshot, customerNumbers: try await members(of: snapshot.snapshotID))
    }

    private func members(of snapshotID: Int64) async throws -> [String] {
        var numbers: [String] = []
        var cursor = ""
        repeat {
            let page = try await Patience.call(for: Person.maker) { options in
                try await clients.segmentation.listSnapshotMembers(
                    SegmentationV1.ListSnapshotMembersRequest(snapshotID: snapshotID, pageCursor: cursor),
                    options: options)
            }
            numbers += page.members.map(\.customerNumber)
            cursor = page.nextPageCursor
        } while !cursor.isEmpty
        return numbers
    }

    /// Offer, plan, approval by a second person, start; returns when every delivery has come to an end.
    func run(_ plan: Plan, _ audience: Audience) async throws -> CampaignV1.Campaign {
        _ = try await Patience.call(for: Person.maker) { options in
            try await clients.campaign.putProduct(
                CampaignV1.PutProductRequest(product: plan.product), options: options)
        }
        _ = try await Patience.call(for: Person.maker) { options in
            try await clients.campaign.putOffer(CampaignV1.PutOfferRequest(offer: plan.offer), options: options)
        }
        _ = try await Patience.call(for: Person.checker) { options in
            try await clients.campaign.putContactPolicy(
                CampaignV1.PutContactPolicyRequest(policy: Self.policy), options: options)
        }
        let draft =
            try await Patience.call(for: Person.maker) { options in
                try await clients.campaign.createCampaign(
                    CampaignV1.CreateCampaignRequest(plan: proto(plan, audience)), options: options)
            }.campaign ?? CampaignV1.Campaign()
        _ = try await Patience.call(for: Person.checker) { options in
            try await clients.campaign.approveCampaign(
                CampaignV1.ApproveCampaignRequest(
                    campaignID: draft.campaignID, version: draft.version, reason: "demo"), options: options)
        }
        _ = try await Patience.call(for: Person.maker) { options in
            try await clients.campaign.startCampaign(
                CampaignV1.StartCampaignRequest(campaignID: draft.campaignID), options: options)
        }
        Terminal.shared.say(
            localized(
                "campaign \(draft.campaignID): made by \(draft.maker), approved by \(Person.checker.user), running",
                "活动 \(draft.campaignID)：由 \(draft.maker) 制作，\(Person.checker.user) 批准，运行中"))
        return try await waitUntilDelivered(draft.campaignID, Int64(audience.customerNumbers.count))
    }

    private static let policy = CampaignV1.ContactPolicy(
        caps: [CampaignV1.Cap(channel: "*", contacts: 3, windowMicros: 7 * 86_400_000_000)],
        quietHours: [CampaignV1.QuietHours(channel: "*", fromMinute: 21 * 60, untilMinute: 8 * 60)])

    private func proto(_ plan: Plan, _ audience: Audience) -> CampaignV1.CampaignPlan {
        CampaignV1.CampaignPlan(
            name: plan.name, officePath: "/", offerCode: plan.offer.code, purpose: "marketing",
            snapshotID: audience.snapshot.snapshotID, controlBasisPoints: plan.controlBasisPoints, salt: plan.salt,
            conversionEventType: plan.conversionEvent, conversionWindowMicros: plan.windowDays * 86_400_000_000,
            valueProperty: plan.valueProperty, currency: plan.currency,
            waves: [CampaignV1.Wave(number: 1, channel: plan.channel)])
    }

    /// Asks for the state of the campaign until everybody was considered and nothing is on its way.
    private func waitUntilDelivered(_ campaignID: Int64, _ size: Int64) async throws -> CampaignV1.Campaign {
        let progress = Progress(localized("contacts", "触达"), total: size)
        while true {
            let campaign = try await campaign(campaignID)
            let settled = campaign.deliveries.filter { ["sent", "failed"].contains($0.key) }.values.reduce(0, +)
            let open = campaign.deliveries.filter { ["reserved", "sending", "unknown"].contains($0.key) }.values
                .reduce(0, +)
            let refused = campaign.refused.values.reduce(0, +)
            progress.show(settled + refused + campaign.held)
            if settled + refused + campaign.held >= size, open == 0 {
                progress.finish(settled)
                return campaign
            }
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    private func campaign(_ campaignID: Int64) async throws -> CampaignV1.Campaign {
        try await Patience.call(for: Person.analyst) { options in
            try await clients.campaign.getCampaign(
                CampaignV1.GetCampaignRequest(campaignID: campaignID), options: options)
        }.campaign ?? CampaignV1.Campaign()
    }
}
