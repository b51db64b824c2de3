internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("lists, page by page")
struct ListingTests {
    private static let operatorOfAll = CampaignBed.options(CampaignBed.operatorOfAll)

    /// The sizes of all pages and what stands on them.
    private func pages<Item: Sendable>(
        _ read: (String) async throws -> (items: [Item], next: String)
    ) async throws -> (sizes: [Int], items: [Item]) {
        var sizes: [Int] = []
        var items: [Item] = []
        var cursor = ""
        repeat {
            let page = try await read(cursor)
            sizes.append(page.items.count)
            items += page.items
            cursor = page.next
        } while !cursor.isEmpty
        return (sizes, items)
    }

    @Test("campaigns come newest first, offers by their codes, each once, whatever is added meanwhile")
    func campaignsAndOffers() async throws {
        let bed = try await CampaignBed.make()
        let client = try bed.replica().client
        let plan = bed.plan([])
        let options = CampaignBed.options()
        var made: [Int64] = [try await bed.draft(plan, try bed.replica()).campaignID]
        for _ in 1..<120 {
            let response = try await client.createCampaign(.init(plan: plan), options: options)
            made.append(try #require(response.campaign?.campaignID))
        }
        let campaigns = try await pages { cursor in
            if !cursor.isEmpty { _ = try await client.createCampaign(.init(plan: plan), options: options) }
            let response = try await client.listCampaigns(.init(pageCursor: cursor), options: options)
            return (response.campaigns.map(\.campaignID), response.nextPageCursor)
        }
        #expect(campaigns.sizes == [50, 50, 20] && campaigns.items == made.reversed())

        for number in 100..<330 {
            let offer = CampaignV1.Offer(code: "o\(number)", productCode: "deposit", title: "Offer", text: "")
            _ = try await client.putOffer(.init(offer: offer), options: options)
        }
        let offers = try await pages { cursor in
            let response = try await client.listOffers(.init(pageCursor: cursor), options: options)
            return (response.offers.map(\.code), response.nextPageCursor)
        }
        #expect(offers.sizes == [100, 100, 31])
        #expect(offers.items == (["deposit-1"] + (100..<330).map { "o\($0)" }))
    }

    @Test("deliveries and dead letters come once each, and a cursor is good for its list and its person alone")
    func deliveriesAndDeadLetters() async throws {
        let bed = try await CampaignBed.make(pageSize: 400, snapshotPageSize: 500)
        let replica = try bed.replica()
        let client = replica.client
        let members = try await bed.addCustomers(1_100)
        try await replica.running {
            let id = try await bed.start(bed.plan(members), replica)
            try await eventually("the wave") { try await bed.campaign(id, replica).progress?.done == 1_100 }
        }
        let deliveries = try await pages { cursor in
            let response = try await client.listDeliveries(
                .init(state: "reserved", channel: "sms", pageCursor: cursor), options: Self.operatorOfAll)
            return (response.deliveries, response.nextPageCursor)
        }
        #expect(deliveries.sizes == [500, 500, 100])
        #expect(Set(deliveries.items.map(\.customerID)).count == 1_100)
        #expect(deliveries.items.allSatisfy { $0.text.isEmpty && $0.customerNumber == "N\($0.customerID)" })

        try await bed.administrator.execute(
            """
            INSERT INTO campaign.delivery_dead_letter (partition, delivery_id, reason, attempts, created_at, is_redriven)
            SELECT partition, delivery_id, 'http_500', 12, changed_at, false FROM campaign.contact LIMIT 450
            """)
        let letters = try await pages { cursor in
            let response = try await client.listDeadLetters(.init(pageCursor: cursor), options: Self.operatorOfAll)
            return (response.deadLetters.map(\.deadLetterID), response.nextPageCursor)
        }
        #expect(letters.sizes == [200, 200, 50] && Set(letters.items).count == 450)

        let cursor = try await client.listDeliveries(.init(state: "reserved"), options: Self.operatorOfAll)
            .nextPageCursor
        let another = Principal(user: "another", roles: ["operator"], officePath: "/")
        for (state, options) in [("sent", Self.operatorOfAll), ("reserved", CampaignBed.options(another))] {
            let error = await refusal {
                try await client.listDeliveries(.init(state: state, pageCursor: cursor), options: options)
            }
            #expect(error?.code == .invalidArgument && error?.field == "page_cursor")
        }
    }
}
