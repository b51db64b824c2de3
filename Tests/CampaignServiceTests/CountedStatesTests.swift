internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Postgres
internal import Testing

@testable internal import CampaignService

@Suite("what counts for caps")
struct CountedStatesTests {
    @Test("the database counts contacts in the very states that the rule names", arguments: DeliveryState.allCases)
    func counted(state: DeliveryState) async throws {
        let bed = try await CampaignBed.make()
        _ = try await bed.addCustomers(1)
        let facts = try await bed.pool.transaction { connection in
            try await connection.execute(ContactStateStorage.makeStatement([1]))
            try await connection.execute(
                """
                INSERT INTO campaign.contact (partition, customer_id, campaign_id, wave, channel, delivery_id,
                    campaign_version, state, reason, decided_at, contacted_at, changed_at, due_at)
                VALUES (\(LogPartition.of(customerID: 1)), 1, 1, 1, 'sms', 1, 1, \(state.rawValue), '',
                    \(CampaignBed.start), \(CampaignBed.start), \(CampaignBed.start), \(CampaignBed.start))
                """)
            return try await ContactFactsStorage.read(
                of: [1], purposes: ["marketing"], contactsSince: CampaignBed.start - 60, in: connection)
        }
        #expect(facts[1]?.earlierContacts?.count == (state.countsForCaps ? 1 : 0))
    }
}
