import Logging
import Postgres
import TestSupport
import Testing

@testable import ServiceKit

@Suite("Statements for persons")
struct StatementsForPersonsTests {
    @Test(
        "read views, and name tables to write into them alone",
        arguments: [
            "SELECT name FROM kpi.visible_campaign WHERE campaign_id = $1",
            "SELECT count(*) FROM profile.published_customer c JOIN profile.published_trait t USING (customer_id)",
            "INSERT INTO \"segmentation\".segment (segment_id) VALUES ($1)",
            "INSERT INTO campaign.stop_wish SELECT campaign_id FROM campaign.visible_campaign WHERE campaign_id = $1",
            "UPDATE audit.head SET code = $1 WHERE service = $2", "DELETE FROM campaign.stop_wish",
            "SELECT nextval('segmentation.segment_id')", "SELECT 'it''s kpi.cell', c.at FROM kpi.visible_cell c",
            "SELECT reply FROM \"campaign\".idempotency WHERE idempotency_key = $1", "COMMIT", "SELECT 1 AS one",
            "LOCK TABLE kpi.visible_cell, kpi.visible_activity IN ACCESS SHARE MODE",
            "COPY (SELECT customer_id FROM profile.published_customer) TO STDOUT (FORMAT binary)",
        ])
    func allowed(text: String) throws {
        try StatementsForPersons.check(text)
    }

    @Test(
        "are refused where they read a table, wherever it stands",
        arguments: [
            ("SELECT value FROM profile.identity", "profile.identity"),
            ("select value from\n    \"profile\".\"identity\" i", "profile.identity"),
            ("SELECT 1 FROM kpi.visible_cell JOIN kpi.campaign USING (campaign_id)", "kpi.campaign"),
            ("SELECT 1 FROM kpi.visible_cell c, kpi.campaign", "kpi.campaign"),
            ("SELECT 1 FROM kpi.visible_cell WHERE EXISTS (SELECT FROM campaign.contact)", "campaign.contact"),
            ("INSERT INTO campaign.stop_wish SELECT campaign_id FROM campaign.campaign", "campaign.campaign"),
            ("DELETE FROM campaign.stop_wish USING campaign.contact", "campaign.contact"),
            (
                "UPDATE campaign.campaign SET maker = v.maker FROM campaign.campaign_version v",
                "campaign.campaign_version"
            ),
            ("TABLE segmentation.snapshot_member", "segmentation.snapshot_member"),
            ("COPY profile.consent TO STDOUT", "profile.consent"),
            ("SELECT 'x' FROM kpi.cell WHERE name = 'y'", "kpi.cell"), ("SELECT who FROM audit.entry", "audit.entry"),
        ])
    func refused(text: String, table: String) {
        #expect {
            try StatementsForPersons.check(text)
        } throws: { error in
            guard let error = error as? PostgresError else { return false }
            return error.code == .invalidUse && error.description.contains("reads \(table):")
        }
    }

    @Test("that are refused reach no server, and leave connection and transaction as they were")
    func connection() async throws {
        let database = try await KitDatabase(connections: 2)
        for statement in [
            "CREATE TABLE profile.open (id bigint)", "INSERT INTO profile.open VALUES (1)",
            "CREATE VIEW profile.visible_open AS SELECT id FROM profile.open",
            "GRANT SELECT, INSERT ON profile.open, profile.visible_open TO zhike_profile_request",
        ] as [SQL] { try await database.owner.execute(statement) }
        var configuration = database.configuration.connecting(as: "zhike_profile_request")
        configuration.poolSize = 1
        let pool = PostgresPool(configuration.forPersons, logger: Logger(label: "test"))
        let (table, view): (SQL, SQL) = ("SELECT id FROM profile.open", "SELECT id FROM profile.visible_open")

        for refused in [table, table.unprepared] {
            await #expect { try await pool.query(refused) } throws: { Self.isRefusal($0) }
            await #expect {
                try await pool.transaction { _ = try await $0.pipeline([view, refused]) }
            } throws: {
                Self.isRefusal($0)
            }
        }
        let backends = try await pool.transaction { connection in
            let first = await connection.backendProcessID
            try await connection.execute("INSERT INTO profile.open VALUES (2)")
            await #expect { try await connection.query(table) } throws: { Self.isRefusal($0) }
            await #expect { try await connection.copyOut(table) { _ in } } throws: { Self.isRefusal($0) }
            // As if nothing had been asked.
            #expect(try await connection.query(view).count == 2)
            return (first, await connection.backendProcessID)
        }
        #expect(backends.0 == backends.1)
        #expect(try await pool.query(view).count == 2)
        // Without the rule the role reads it.
        #expect(try await database.request.query(table).count == 2)
        await pool.close()
    }

    private static func isRefusal(_ error: any Error) -> Bool { (error as? PostgresError)?.code == .invalidUse }
}
