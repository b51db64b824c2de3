internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("a campaign of the past")
struct PastImportTests {
    private let opening = CampaignV1.OpenPastCampaignRequest(
        importKey: String(repeating: "a1", count: 32), name: "Mail of 2008", officePath: "/head/",
        arms: [
            .init(name: "men", control: false), .init(name: "women", control: false),
            .init(name: "none", control: true),
        ], conversionEventType: "visit", conversionWindowMicros: 14 * 86_400_000_000, currency: "USD")

    private func contact(_ number: Int64, _ arm: String, visits: Int = 0) -> CampaignV1.PastContact {
        let moment = CampaignBed.start - 30 * 86_400
        return CampaignV1.PastContact(
            identity: .init(kind: "customer_number", value: "N\(number)"), arm: arm, channel: "mail",
            contactedAtMicros: moment.microseconds,
            outcomes: (0..<visits).map { _ in .init(valueMinor: 125, occurredAtMicros: (moment + 60).microseconds) })
    }

    @Test("its arms are logged as they were assigned, chunk by chunk, and a chunk that is sent again changes nothing")
    func chunks() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let options = CampaignBed.options(CampaignBed.operatorOfAll)
        _ = try await bed.addCustomers(30)
        let opened = try await replica.client.openPastCampaign(opening, options: options)
        #expect(try await replica.client.openPastCampaign(opening, options: options) == opened)

        let arms = ["men", "women", "none"]
        let first = CampaignV1.ImportPastContactsRequest(
            campaignID: opened.campaignID, chunk: 0,
            contacts: (1...20).map { contact($0, arms[Int($0) % 3], visits: $0 % 5 == 0 ? 2 : 0) })
        let taken = try await replica.client.importPastContacts(first, options: options)
        #expect(taken.accepted == 20 && taken.refused.isEmpty)
        #expect(taken.position?.offsets.reduce(0) { $0 + $1.offset } == 28)
        #expect(try await replica.client.importPastContacts(first, options: options) == taken)

        var tooMuch = contact(24, "men", visits: 1)
        tooMuch.outcomes[0].valueMinor = .min
        let second = CampaignV1.ImportPastContactsRequest(
            campaignID: opened.campaignID, chunk: 1,
            contacts: [
                contact(21, "men"), contact(99, "men"), contact(22, "children"), contact(5, "men"), tooMuch,
            ])
        let rest = try await replica.client.importPastContacts(second, options: options)
        #expect(rest.accepted == 1)
        #expect(rest.refused.map(\.code) == ["unknown_customer", "unknown_arm", "duplicate", "wrong_value"])
        #expect(
            rest.refused.map(\.field) == [
                "contacts[1].identity", "contacts[2].arm", "contacts[3].identity",
                "contacts[4].outcomes[0].value_minor",
            ])
        let gap = await refusal {
            try await replica.client.importPastContacts(
                .init(campaignID: opened.campaignID, chunk: 3, contacts: [contact(23, "men")]), options: options)
        }
        #expect(gap?.code == .failedPrecondition && gap?.field == "chunk")

        let closed = try await replica.client.closePastCampaign(.init(campaignID: opened.campaignID), options: options)
        #expect(closed.campaign?.state == .closed && closed.campaign?.imported == true)
        #expect(closed.campaign?.held == 7 && closed.campaign?.deliveries == ["sent": 14])
        let again = try await replica.client.openPastCampaign(opening, options: options)
        #expect(again.closed && again.nextChunk == 2)

        let held = try await bed.entries(EntryKind.held).map { try $0.body.unpacked(CampaignV1.Held.self).cut }
        #expect(held.count == 7 && held.allSatisfy { $0?.arm == "none" && $0?.control == true })
        let contacted = try await bed.entries(EntryKind.contacted).map {
            try $0.body.unpacked(CampaignV1.Contacted.self)
        }
        #expect(Set(contacted.compactMap(\.cut?.arm)) == ["men", "women"])
        #expect(contacted.allSatisfy { $0.cut?.control == false && $0.delivery == "sent" && $0.cut?.currency == "USD" })
        let outcomes = try await bed.entries(EntryKind.outcome).map { try $0.body.unpacked(CampaignV1.Outcome.self) }
        #expect(outcomes.count == 8 && outcomes.allSatisfy { $0.valueMinor == 125 && $0.eventType == "visit" })
    }

    @Test("its contacts count for caps, so it waits for whoever counts a customer's contacts, and is waited for")
    func locks() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let options = CampaignBed.options(CampaignBed.operatorOfAll)
        _ = try await bed.addCustomers(2)
        let id = try await replica.client.openPastCampaign(opening, options: options).campaignID
        func take(_ contacts: [CampaignV1.PastContact], chunk: Int64) async throws -> Int64 {
            try await replica.client.importPastContacts(
                .init(campaignID: id, chunk: chunk, contacts: contacts), options: options
            ).accepted
        }
        // Makes the row that is locked.
        #expect(try await take([contact(1, "men")], chunk: 0) == 1)
        let others = [contact(1, "women"), contact(2, "men")].map { contact in
            var contact = contact
            contact.channel = "sms"
            return contact
        }
        let waiting = try await bed.administrator.transaction { connection in
            #expect(try await connection.query("SELECT FROM campaign.contact_state FOR UPDATE").count == 1)
            let waiting = Task { try await take(others, chunk: 1) }
            try await eventually("the import to wait") {
                try await bed.count(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'
                    """) == 1
            }
            return waiting
        }
        #expect(try await waiting.value == 2)
    }

    @Test("it cannot be started again, and without a control arm it is refused")
    func refused() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let options = CampaignBed.options(CampaignBed.operatorOfAll)
        let id = try await replica.client.openPastCampaign(opening, options: options).campaignID
        let start = await refusal {
            try await replica.client.startCampaign(.init(campaignID: id), options: options)
        }
        #expect(start?.code == .failedPrecondition)
        var wrong = opening
        wrong.arms.removeLast()
        let error = await refusal {
            try await replica.client.openPastCampaign(wrong, options: options)
        }
        #expect(error?.field == "arms")
    }
}
