internal import Contracts
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("offers and plans as long as they may be")
struct LargeOfferTests {
    /// Each character takes four bytes.
    private static let text = String(repeating: "🏦", count: 4_000)

    @Test("contacts with the longest words are handed out over several claims, and none is lost on the way")
    func claims() async throws {
        let bed = try await CampaignBed.make(pageSize: 400, snapshotPageSize: 500)
        let replica = try bed.replica()
        let members = try await bed.addCustomers(500)
        try await bed.putOffer(replica)
        try await put("long", replica)
        try await replica.running {
            var plan = bed.plan(members)
            plan.offerCode = "long"
            let id = try await bed.start(plan, replica)
            try await eventually("the wave") { try await bed.campaign(id, replica).progress?.done == 500 }
            let short = try await bed.start(bed.plan(Array(members.prefix(3))), replica)
            try await eventually("the short one") { try await bed.campaign(short, replica).progress?.done == 3 }
            let first = try await bed.claim(replica)
            #expect(first.count { $0.campaignID == short } == 3, "none waits behind the long words of another")
            var claimed = first.filter { $0.campaignID == id }
            var claims = 1
            while case let some = try await bed.claim(replica), !some.isEmpty {
                claimed += some
                claims += 1
                #expect(try await bed.campaign(id, replica).deliveries["sending"] == Int64(claimed.count))
            }
            #expect(Set(claimed.map(\.customerID)) == Set(members.map(\.customerID)) && claimed.count == 500)
            #expect(claims > 10 && claimed.allSatisfy { $0.text == Self.text })
        }
    }

    @Test("offers of the longest words and plans of the most conditions come page by page, each once")
    func pages() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let client = replica.client
        let options = CampaignBed.options()
        try await bed.putOffer(replica)
        for number in 100..<250 { try await put("o\(number)", replica) }
        var codes: [String] = []
        var cursor = ""
        repeat {
            let page = try await client.listOffers(.init(pageCursor: cursor), options: options)
            codes += page.offers.map(\.code)
            cursor = page.nextPageCursor
        } while !cursor.isEmpty
        #expect(codes == ["deposit-1"] + (100..<250).map { "o\($0)" })

        var plan = bed.plan([])
        let condition = CampaignV1.TriggerCondition(
            property: "city", operator: "=", value: .text(String(repeating: "🏦", count: 300)))
        plan.triggers = (0..<20).map { _ in
            .init(eventType: "loan.viewed", conditions: Array(repeating: condition, count: 20), channel: "push")
        }
        var made: [Int64] = []
        for _ in 0..<3 { made.append(try await bed.draft(plan, replica).campaignID) }
        var listed: [Int64] = []
        repeat {
            let page = try await client.listCampaigns(.init(pageCursor: cursor), options: options)
            listed += page.campaigns.map(\.campaignID)
            cursor = page.nextPageCursor
        } while !cursor.isEmpty
        #expect(listed == made.reversed())
    }

    private func put(_ code: String, _ replica: Replica) async throws {
        _ = try await replica.client.putOffer(
            .init(offer: .init(code: code, productCode: "deposit", title: "Spring", text: Self.text)),
            options: CampaignBed.options())
    }
}
