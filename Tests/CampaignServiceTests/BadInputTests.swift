internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("what cannot be done as it was asked")
struct BadInputTests {
    private typealias Call = @Sendable (CampaignV1.CampaignServiceClient) async throws -> Void
    private static let bank = CampaignBed.options(CampaignBed.operatorOfAll)

    @Test("a plan that cannot run is refused by the path of its field")
    func plans() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        try await bed.putOffer(replica)
        let wrong: [(String, RPCError.Code, (inout CampaignV1.CampaignPlan) -> Void)] = [
            ("plan.name", .invalidArgument, { $0.name = "" }),
            ("plan.waves[0].channel", .invalidArgument, { $0.waves[0].channel = "" }),
            (
                "plan.triggers[0].conditions[0].operator", .invalidArgument,
                {
                    $0.triggers = [
                        .init(
                            eventType: "loan.viewed",
                            conditions: [.init(property: "amount", operator: "~", value: .number(1))], channel: "push")
                    ]
                }
            ),
            ("plan.offer_code", .notFound, { $0.offerCode = "nothing" }),
            ("plan.snapshot_id", .notFound, { $0.snapshotID = 99 }),
            ("plan.office_path", .permissionDenied, { $0.officePath = "/other/" }),
        ]
        for (field, code, change) in wrong {
            var plan = bed.plan([])
            change(&plan)
            let error = await refusal { [plan] in
                try await replica.client.createCampaign(.init(plan: plan), options: CampaignBed.options())
            }
            #expect(error?.field == field && error?.code == code, "\(field): \(String(describing: error))")
        }
    }

    @Test("every other call names the field at fault too, and changes nothing")
    func calls() async throws {
        let bed = try await CampaignBed.make()
        let client = try bed.replica().client
        for (field, call) in Self.frame + Self.deliveries + Self.past {
            let error = await refusal { try await call(client) }
            #expect(error?.field == field, "\(field): \(String(describing: error))")
            #expect(error.map { [.invalidArgument, .notFound].contains($0.code) } == true, "\(field)")
            #expect(error?.message.last == ".", "\(field): a sentence for the person")
        }
        for table in ["campaign", "product", "offer", "contact_policy", "contact", "past_import"] {
            #expect(try await bed.count("SELECT count(*) FROM campaign.\(identifier: table)") == 0, "\(table)")
        }
    }

    private static let frame: [(String, Call)] = [
        ("product", { _ = try await $0.putProduct(.init(), options: bank.as(CampaignBed.maker)) }),
        (
            "product.code",
            { _ = try await $0.putProduct(.init(product: .init(code: "A b")), options: bank.as(CampaignBed.maker)) }
        ),
        (
            "offer.product_code",
            { _ = try await $0.putOffer(.init(offer: CampaignBed.offer), options: bank.as(CampaignBed.maker)) }
        ),
        ("policy", { _ = try await $0.putContactPolicy(.init(), options: bank) }),
        (
            "policy.caps[0].window_micros",
            {
                _ = try await $0.putContactPolicy(
                    .init(policy: .init(caps: [.init(channel: "sms", contacts: 1, windowMicros: 0)])), options: bank)
            }
        ),
        ("plan", { _ = try await $0.createCampaign(.init(), options: bank.as(CampaignBed.maker)) }),
        (
            "campaign_id",
            {
                _ = try await $0.approveCampaign(
                    .init(campaignID: 9, version: 1), options: bank.as(CampaignBed.checker))
            }
        ),
        (
            "reason",
            {
                _ = try await $0.approveCampaign(
                    .init(campaignID: 9, version: 1, reason: "Li Wei said that it is good."),
                    options: bank.as(CampaignBed.checker))
            }
        ),
        ("campaign_id", { _ = try await $0.startCampaign(.init(campaignID: 9), options: bank) }),
        ("campaign_id", { _ = try await $0.getCampaign(.init(campaignID: 9), options: bank) }),
        ("page_cursor", { _ = try await $0.listCampaigns(.init(pageCursor: "x"), options: bank) }),
        (
            "position.log",
            { _ = try await $0.waitApplied(.init(position: .init(log: "campaign")), options: bank.as(nil)) }
        ),
    ]

    private static let deliveries: [(String, Call)] = [
        ("channel", { try await claim(.init(channel: "S", limit: 1, leaseMilliseconds: 1_000), $0) }),
        ("limit", { try await claim(.init(channel: "sms", limit: 0, leaseMilliseconds: 1_000), $0) }),
        ("lease_milliseconds", { try await claim(.init(channel: "sms", limit: 1, leaseMilliseconds: 10), $0) }),
        ("reports", { try await report([], $0) }),
        ("reports[0].partition", { try await report([.init(deliveryID: 1, outcome: .sent, partition: 256)], $0) }),
        ("reports[1].outcome", { try await report([.init(deliveryID: 1, outcome: .sent), .init(deliveryID: 1)], $0) }),
        ("reports[0].reason", { try await report([.init(deliveryID: 1, outcome: .sent, reason: "a b")], $0) }),
        ("state", { _ = try await $0.listDeliveries(.init(state: "held"), options: bank) }),
        ("dead_letter_id", { _ = try await $0.redriveDeadLetter(.init(deadLetterID: 12), options: bank) }),
        ("dead_letter_id", { _ = try await $0.redriveDeadLetter(.init(deadLetterID: 13), options: bank) }),
    ]

    private static let past: [(String, Call)] = [
        ("import_key", { try await open($0) { $0.importKey = "short" } }),
        ("name", { try await open($0) { $0.name = "" } }),
        ("office_path", { try await open($0) { $0.officePath = "head" } }),
        ("conversion_window_micros", { try await open($0) { $0.conversionWindowMicros = 0 } }),
        ("arms", { try await open($0) { $0.arms.removeLast() } }),
        ("contacts", { _ = try await $0.importPastContacts(.init(campaignID: 1), options: bank) }),
        ("campaign_id", { _ = try await $0.closePastCampaign(.init(campaignID: 1), options: bank) }),
    ]

    private static func claim(
        _ request: CampaignV1.ClaimDeliveriesRequest, _ client: CampaignV1.CampaignServiceClient
    ) async throws {
        _ = try await client.claimDeliveries(request, options: bank.as(nil))
    }

    private static func report(
        _ reports: [CampaignV1.DeliveryReport], _ client: CampaignV1.CampaignServiceClient
    ) async throws {
        _ = try await client.reportDeliveries(.init(reports: reports), options: bank.as(nil))
    }

    private static func open(
        _ client: CampaignV1.CampaignServiceClient, _ change: (inout CampaignV1.OpenPastCampaignRequest) -> Void
    ) async throws {
        var request = CampaignV1.OpenPastCampaignRequest(
            importKey: String(repeating: "d4", count: 32), name: "Mail", officePath: "/head/",
            arms: [.init(name: "mailed", control: false), .init(name: "none", control: true)],
            conversionEventType: "visit", conversionWindowMicros: 86_400_000_000, currency: "CNY")
        change(&request)
        _ = try await client.openPastCampaign(request, options: bank)
    }
}

extension CallOptions {
    fileprivate func `as`(_ person: Principal?) -> CallOptions {
        var options = self
        options.principal = person
        return options
    }
}
