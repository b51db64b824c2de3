internal import Contracts
internal import EventLog
internal import Foundation
internal import Postgres
internal import ProtobufC
internal import RPC
internal import TestSupport
internal import Testing

extension CampaignBed {
    static let offer = CampaignV1.Offer(
        code: "deposit-1", productCode: "deposit", title: "Spring deposit", text: "Three years at 3.1 %")

    func plan(
        _ members: [SegmentationV1.Member], controlBasisPoints: Int32 = 0, channel: String = "sms",
        officePath: String = "/head/"
    ) -> CampaignV1.CampaignPlan {
        CampaignV1.CampaignPlan(
            name: "Spring", officePath: officePath, offerCode: Self.offer.code, purpose: "marketing",
            snapshotID: segmentation.freeze(members, officePath: officePath), controlBasisPoints: controlBasisPoints,
            salt: "salt", conversionEventType: "deposit.opened", conversionWindowMicros: 7 * 86_400_000_000,
            valueProperty: "amount", currency: "CNY", waves: [CampaignV1.Wave(number: 1, channel: channel)])
    }

    func putOffer(_ replica: Replica) async throws {
        _ = try await replica.client.putProduct(
            .init(product: .init(code: "deposit", name: "Deposit", class: "deposit")), options: Self.options())
        _ = try await replica.client.putOffer(.init(offer: Self.offer), options: Self.options())
    }

    func draft(_ plan: CampaignV1.CampaignPlan, _ replica: Replica) async throws -> CampaignV1.Campaign {
        try await putOffer(replica)
        return try #require(
            try await replica.client.createCampaign(.init(plan: plan), options: Self.options()).campaign)
    }

    /// A campaign that was approved by a second person and started.
    func start(_ plan: CampaignV1.CampaignPlan, _ replica: Replica) async throws -> Int64 {
        let draft = try await draft(plan, replica)
        _ = try await replica.client.approveCampaign(
            .init(campaignID: draft.campaignID, version: 1, reason: "test"), options: Self.options(Self.checker))
        _ = try await replica.client.startCampaign(.init(campaignID: draft.campaignID), options: Self.options())
        return draft.campaignID
    }

    /// A running campaign of new customers whose wave is planned.
    func planned(_ count: Int, from first: Int64 = 1, _ replica: Replica) async throws -> Int64 {
        let id = try await start(plan(try await addCustomers(count, from: first)), replica)
        try await eventually("the wave") { try await campaign(id, replica).progress?.done == Int64(count) }
        return id
    }

    func campaign(_ id: Int64, _ replica: Replica) async throws -> CampaignV1.Campaign {
        try #require(
            try await replica.client.getCampaign(.init(campaignID: id), options: Self.options()).campaign)
    }

    func policy(_ policy: CampaignV1.ContactPolicy, _ replica: Replica) async throws {
        let options = Self.options(Self.operatorOfAll)
        var policy = policy
        policy.version = try await replica.client.getContactPolicy(.init(), options: options).policy?.version ?? 0
        _ = try await replica.client.putContactPolicy(.init(policy: policy), options: options)
    }

    func claim(
        _ replica: Replica, channel: String = "sms", limit: Int32 = 500, leaseMilliseconds: Int32 = 60_000
    ) async throws -> [CampaignV1.Delivery] {
        try await replica.client.claimDeliveries(
            .init(channel: channel, limit: limit, leaseMilliseconds: leaseMilliseconds, worker: "test"),
            options: Self.options(nil)
        ).deliveries
    }

    @discardableResult
    func report(
        _ deliveries: [CampaignV1.Delivery], _ outcome: CampaignV1.DeliveryOutcome = .sent, _ replica: Replica
    ) async throws -> [CommonV1.ItemResult] {
        guard !deliveries.isEmpty else { return [] }
        return try await replica.client.reportDeliveries(
            .init(
                reports: deliveries.map {
                    CampaignV1.DeliveryReport(
                        deliveryID: $0.deliveryID, fencingToken: $0.fencingToken, outcome: outcome, reason: "test",
                        partition: $0.partition)
                }), options: Self.options(nil)
        ).results
    }

    /// Entries of the campaign log of one kind.
    func entries(_ kind: Int16) async throws -> [(customerID: Int64, occurredAt: Date, body: [UInt8])] {
        try await administrator.query(
            """
            SELECT customer_id, occurred_at, body FROM campaign.log WHERE kind = \(kind)
            ORDER BY partition, log_offset
            """
        ).map { row in (try row.decode(0), try row.decode(1), try row.decode(2)) }
    }
}

/// Kinds of entries of the campaign log.
enum EntryKind {
    static let contacted: Int16 = 1
    static let held: Int16 = 2
    static let outcome: Int16 = 3
    static let refused: Int16 = 4
    static let changed: Int16 = 5
}

extension [UInt8] {
    func unpacked<Message: ProtobufMessage>(_ type: Message.Type = Message.self) throws -> Message {
        try Message(unpacking: span.bytes, memoryLimit: 1 << 20)
    }
}
