internal import Contracts
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("a customer who moved to another office")
struct MovedCustomerTests {
    private static let ofEast = CampaignBed.options(
        Principal(user: "east", roles: ["marketer", "operator"], officePath: "/head/east/"))
    private static let ofHead = CampaignBed.options(
        Principal(user: "head", roles: ["marketer", "operator"], officePath: "/head/"))

    @Test("is no longer shown to those of the old office, nor decided about by them; the numbers stay")
    func moved() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let client = replica.client
        let members = try await bed.addCustomers(2, officePath: "/head/east/")
        try await replica.running {
            let id = try await bed.start(bed.plan(members, officePath: "/head/east/"), replica)
            try await eventually("the wave") { try await bed.campaign(id, replica).progress?.done == 2 }
            let claimed = try await bed.claim(replica)
            try await bed.report(claimed, .unknown, replica)
            let gone = try #require(claimed.first { $0.customerID == 1 })
            try await bed.administrator.execute(
                """
                INSERT INTO campaign.delivery_dead_letter
                    (partition, delivery_id, reason, attempts, created_at, is_redriven)
                SELECT partition, delivery_id, 'http_500', 12, changed_at, false FROM campaign.contact
                """)
            let letter = try #require(
                try await client.listDeadLetters(.init(), options: Self.ofEast).deadLetters
                    .first { $0.deadLetterID == gone.deliveryID << 1 })
            try await bed.administrator.execute(
                "UPDATE profile.customer SET office_path = '/head/west/' WHERE customer_id = 1")

            let shown: [(CallOptions, [Int64])] = [
                (Self.ofEast, [2]), (Self.ofHead, [1, 2]), (CampaignBed.options(nil), [1, 2]),
            ]
            for (options, customers) in shown {
                let listed = try await client.listDeliveries(.init(state: "unknown"), options: options).deliveries
                #expect(listed.map(\.customerID).sorted() == customers)
                let letters = try await client.listDeadLetters(.init(), options: options).deadLetters
                #expect(letters.count == customers.count)
            }
            let report = CampaignV1.DeliveryReport(
                deliveryID: gone.deliveryID, fencingToken: gone.fencingToken, outcome: .sent, partition: gone.partition)
            let results = try await client.reportDeliveries(.init(reports: [report]), options: Self.ofEast).results
            #expect(results.map { $0.refusal?.code } == ["unknown_delivery"])
            let error = await refusal {
                try await client.redriveDeadLetter(.init(deadLetterID: letter.deadLetterID), options: Self.ofEast)
            }
            #expect(error?.code == .notFound)
            let seen = try await client.getCampaign(.init(campaignID: id), options: Self.ofEast).campaign
            #expect(seen?.deliveries == ["unknown": 2])
        }
    }
}
