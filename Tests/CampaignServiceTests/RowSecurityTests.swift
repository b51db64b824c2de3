internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("the role that runs calls of people")
struct RowSecurityTests {
    @Test("without a scope the role of people reads nothing of any campaign, contact or log")
    func noScope() async throws {
        let bed = try await CampaignBed.make()
        let replica = try bed.replica()
        let members = try await bed.addCustomers(20)
        try await replica.running {
            let id = try await bed.start(bed.plan(members, controlBasisPoints: 5_000), replica)
            try await eventually("the wave") { try await bed.campaign(id, replica).progress?.done == 20 }
        }
        try await bed.administrator.execute(
            """
            INSERT INTO campaign.delivery_dead_letter (partition, delivery_id, reason, attempts, created_at, is_redriven)
            SELECT partition, delivery_id, 'http_500', 12, changed_at, false FROM campaign.contact LIMIT 1
            """)
        try await bed.administrator.execute(
            "INSERT INTO campaign.stop_wish SELECT campaign_id, now() + interval '1 hour' FROM campaign.campaign")
        let relations = try await bed.administrator.query(
            """
            SELECT table_name FROM information_schema.table_privileges
            WHERE table_schema = 'campaign' AND grantee = 'zhike_campaign_request' AND privilege_type = 'SELECT'
            """
        ).map { try $0.decode(0, as: String.self) }
        #expect(relations.count > 10)
        // What belongs to the whole bank and to no office.
        let open: Set = [
            "product", "offer", "contact_policy", "revision", "visible_product", "visible_offer",
            "visible_contact_policy",
        ]
        let empty: Set = ["idempotency"]
        // Without the rule for statements: what the grants and policies alone show.
        let pool = PostgresPool(bed.database.connecting(as: "zhike_campaign_request"), logger: bed.logger)
        for relation in relations where !open.contains(relation) {
            let rows = try await pool.query("SELECT 1 FROM campaign.\(identifier: relation) LIMIT 1")
            #expect(rows.isEmpty, "\(relation)")
            let all = try await bed.administrator.query("SELECT 1 FROM campaign.\(identifier: relation) LIMIT 1")
            #expect(!all.isEmpty || empty.contains(relation), "\(relation) had nothing to show")
        }
        await pool.close()
    }
}
