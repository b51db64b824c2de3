internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

/// Every mutating call may be sent again with its key: it is executed once, and every answer is the first one's.
@Suite("calls that are repeated with their key")
struct RepetitionTests {
    private static let twenty = 20

    /// Sends a call twenty times at once and then another one with the same key.
    @discardableResult
    private func expectOnce<Reply: Hashable & Sendable>(
        _ what: String, as person: Principal? = CampaignBed.maker,
        _ call: @escaping @Sendable (CallOptions) async throws -> Reply,
        otherwise other: @escaping @Sendable (CallOptions) async throws -> Void,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Reply {
        let options = CampaignBed.options(person, key: what)
        let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
            for _ in 0..<Self.twenty { group.addTask { try await call(options) } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(replies.count == 1, "\(what)", sourceLocation: sourceLocation)
        let error = await refusal(of: { try await other(options) }, sourceLocation: sourceLocation)
        #expect(
            error?.code == .invalidArgument && error?.field == "idempotency_key", "\(what)",
            sourceLocation: sourceLocation)
        return try #require(replies.first, sourceLocation: sourceLocation)
    }

    @Test("the frame and the life of a campaign: twenty at once are one execution, and another body is refused")
    func lifecycle() async throws {
        let bed = try await CampaignBed.make()
        let client = try bed.replica().client
        let product = CampaignV1.Product(code: "deposit", name: "Deposit", class: "deposit")
        try await expectOnce("product") {
            try await client.putProduct(.init(product: product), options: $0)
        } otherwise: {
            _ = try await client.putProduct(
                .init(product: .init(code: "loan", name: "Loan", class: "loan")), options: $0)
        }
        var other = CampaignBed.offer
        other.title = "Another"
        try await expectOnce("offer") {
            try await client.putOffer(.init(offer: CampaignBed.offer), options: $0)
        } otherwise: {
            [other] in
            _ = try await client.putOffer(.init(offer: other), options: $0)
        }
        let policy = CampaignV1.ContactPolicy(caps: [.init(channel: "*", contacts: 9, windowMicros: 1_000_000)])
        try await expectOnce("policy", as: CampaignBed.operatorOfAll) {
            try await client.putContactPolicy(.init(policy: policy), options: $0)
        } otherwise: {
            _ = try await client.putContactPolicy(.init(policy: .init()), options: $0)
        }
        #expect(try await bed.count("SELECT count(*) FROM campaign.contact_policy") == 1)

        let plan = bed.plan([])
        var otherPlan = plan
        otherPlan.name = "Other"
        let created = try await expectOnce("create") {
            try await client.createCampaign(.init(plan: plan), options: $0)
        } otherwise: { [otherPlan] in
            _ = try await client.createCampaign(.init(plan: otherPlan), options: $0)
        }
        #expect(try await bed.count("SELECT count(*) FROM campaign.campaign") == 1)
        let id = try #require(created.campaign?.campaignID)
        let updated = try await expectOnce("update") { [otherPlan] in
            try await client.updateCampaign(.init(campaignID: id, version: 1, plan: otherPlan), options: $0)
        } otherwise: {
            _ = try await client.updateCampaign(.init(campaignID: id, version: 2, plan: plan), options: $0)
        }
        #expect(updated.campaign?.version == 2)
        #expect(try await bed.count("SELECT count(*) FROM campaign.campaign_version") == 2)

        try await expectOnce("approve", as: CampaignBed.checker) {
            try await client.approveCampaign(.init(campaignID: id, version: 2, reason: "good"), options: $0)
        } otherwise: {
            _ = try await client.approveCampaign(.init(campaignID: id, version: 2, reason: "bad"), options: $0)
        }
        #expect(try await bed.count("SELECT count(*) FROM audit.entry WHERE result = 'done' AND who = 'checker'") == 1)
        try await expectSteps(of: id, client)
        #expect(try await bed.count("SELECT number FROM campaign.revision") == 6, "one for each change of the campaign")
    }

    private func expectSteps(of id: Int64, _ client: CampaignV1.CampaignServiceClient) async throws {
        let started = try await expectOnce("start") {
            try await client.startCampaign(.init(campaignID: id), options: $0)
        } otherwise: {
            _ = try await client.startCampaign(.init(campaignID: id + 1), options: $0)
        }
        let paused = try await expectOnce("pause") {
            try await client.pauseCampaign(.init(campaignID: id), options: $0)
        } otherwise: {
            _ = try await client.pauseCampaign(.init(campaignID: id + 1), options: $0)
        }
        let closed = try await expectOnce("close") {
            try await client.closeCampaign(.init(campaignID: id), options: $0)
        } otherwise: {
            _ = try await client.closeCampaign(.init(campaignID: id + 1), options: $0)
        }
        #expect(
            [started.campaign?.state, paused.campaign?.state, closed.campaign?.state] == [.running, .paused, .closed])
        // What comes late gets its first answer, and changes nothing.
        let late = try await client.startCampaign(.init(campaignID: id), options: CampaignBed.options(key: "start"))
        #expect(late == started)
        let read = try await client.getCampaign(.init(campaignID: id), options: CampaignBed.options())
        #expect(read.campaign?.state == .closed)
    }

    @Test("contacts on their way: claims, reports and redriven dead letters")
    func deliveries() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let client = replica.client
        try await replica.running {
            let id = try await bed.start(bed.plan(try await bed.addCustomers(12)), replica)
            try await eventually("the wave") { try await bed.campaign(id, replica).progress?.done == 12 }
            let claim = CampaignV1.ClaimDeliveriesRequest(
                channel: "sms", limit: 5, leaseMilliseconds: 60_000, worker: "test")
            let claimed = try await expectOnce("claim", as: nil) {
                try await client.claimDeliveries(claim, options: $0)
            } otherwise: {
                var other = claim
                other.limit = 6
                _ = try await client.claimDeliveries(other, options: $0)
            }.deliveries
            #expect(claimed.count == 5)
            #expect(try await bed.campaign(id, replica).deliveries == ["sending": 5, "reserved": 7])

            let report = CampaignV1.ReportDeliveriesRequest(
                reports: claimed.map {
                    .init(
                        deliveryID: $0.deliveryID, fencingToken: $0.fencingToken, outcome: .sent,
                        partition: $0.partition)
                })
            let results = try await expectOnce("report", as: nil) {
                try await client.reportDeliveries(report, options: $0)
            } otherwise: {
                _ = try await client.reportDeliveries(.init(reports: Array(report.reports.dropLast())), options: $0)
            }.results
            #expect(results.allSatisfy { $0.status == .accepted })
            #expect(try await bed.entries(EntryKind.contacted).count == 5)
            try await expectRedrivenOnce(bed, replica, id)
        }
    }

    private func expectRedrivenOnce(_ bed: CampaignBed, _ replica: Replica, _ id: Int64) async throws {
        let client = replica.client
        var claimed: [CampaignV1.Delivery] = []
        for attempt in 1...12 {
            try await eventually("attempt \(attempt)") {
                claimed = try await bed.claim(replica, limit: 1)
                return !claimed.isEmpty
            }
            try await bed.report(claimed, .notTaken, replica)
            // The rest stays out of the way.
            if attempt == 1 { try await bed.report(try await bed.claim(replica, limit: 6), .sent, replica) }
        }
        let operate = CampaignBed.options(CampaignBed.operatorOfAll)
        let letter = try #require(
            try await client.listDeadLetters(.init(), options: operate).deadLetters.first?.deadLetterID)
        try await expectOnce("redrive", as: CampaignBed.operatorOfAll) {
            try await client.redriveDeadLetter(.init(deadLetterID: letter), options: $0)
        } otherwise: {
            _ = try await client.redriveDeadLetter(.init(deadLetterID: letter + 2), options: $0)
        }
        #expect(try await bed.campaign(id, replica).deliveries["reserved"] == 1)
    }

    @Test("a campaign of the past: opened, taken in and closed once")
    func past() async throws {
        let bed = try await CampaignBed.make()
        let client = try bed.replica().client
        _ = try await bed.addCustomers(3)
        let opening = CampaignV1.OpenPastCampaignRequest(
            importKey: String(repeating: "c3", count: 32), name: "Mail", officePath: "/head/",
            arms: [.init(name: "mailed", control: false), .init(name: "none", control: true)],
            conversionEventType: "visit", conversionWindowMicros: 86_400_000_000, currency: "CNY")
        let person = CampaignBed.operatorOfAll
        let id = try await expectOnce("open", as: person) {
            try await client.openPastCampaign(opening, options: $0)
        } otherwise: {
            var other = opening
            other.name = "Letter"
            _ = try await client.openPastCampaign(other, options: $0)
        }.campaignID
        let chunk = CampaignV1.ImportPastContactsRequest(
            campaignID: id, chunk: 0,
            contacts: (1...3).map { number in
                .init(
                    identity: .init(kind: "customer_number", value: "N\(number)"), arm: number == 1 ? "none" : "mailed",
                    channel: "mail", contactedAtMicros: (CampaignBed.start - 86_400).microseconds)
            })
        let taken = try await expectOnce("chunk", as: person) {
            try await client.importPastContacts(chunk, options: $0)
        } otherwise: {
            var other = chunk
            other.contacts.removeLast()
            _ = try await client.importPastContacts(other, options: $0)
        }
        #expect(taken.accepted == 3)
        try await expectOnce("close", as: person) {
            try await client.closePastCampaign(.init(campaignID: id), options: $0)
        } otherwise: {
            _ = try await client.closePastCampaign(.init(campaignID: id + 1), options: $0)
        }
        #expect(try await bed.count("SELECT count(*) FROM campaign.contact") == 3)
        #expect(try await bed.count("SELECT count(*) FROM campaign.log") == 3)
    }
}
