internal import Foundation
internal import KPIDomain
internal import Postgres

/// One customer in one campaign.
struct FactOwner: Sendable, Hashable {
    var partition: Int16
    var campaignID: Int64
    var customerID: Int64
}

/// A fact and whose it is.
struct OwnedFact: Sendable, Hashable {
    var owner: FactOwner
    var fact: Fact
}

/// Facts as rows. A fact's key says when two rows are the same fact.
enum FactStorage {
    static func facts(
        of owners: [FactOwner], in connection: PostgresConnection
    ) async throws -> [FactOwner: CustomerFacts] {
        guard !owners.isEmpty else { return [:] }
        let rows = try await connection.query(
            """
            SELECT f.partition, f.campaign_id, f.customer_id, f.kind, f.fact_key, f.occurred_at, f.office_path, f.manager,
                f.arm, f.is_control, f.wave, f.channel, f.window_micros, f.flag, f.value_minor, f.reason
            FROM unnest(\(owners.map(\.partition))::smallint[], \(owners.map(\.campaignID))::bigint[],
                \(owners.map(\.customerID))::bigint[]) AS o(partition, campaign_id, customer_id)
            JOIN kpi.fact f ON f.partition = o.partition AND f.campaign_id = o.campaign_id
                AND f.customer_id = o.customer_id
            """)
        var found: [FactOwner: CustomerFacts] = [:]
        for row in rows {
            let (partition, campaign, customer) = (
                try row.decode(0, as: Int16.self), try row.decode(1, as: Int64.self), try row.decode(2, as: Int64.self)
            )
            let owner = FactOwner(partition: partition, campaignID: campaign, customerID: customer)
            found[owner, default: CustomerFacts()].add(try FactRow(row, from: 3).fact)
        }
        return found
    }

    /// Adds facts; one that is there already stays as it is.
    static func add(_ facts: [OwnedFact], in connection: PostgresConnection) async throws {
        guard !facts.isEmpty else { return }
        let rows = facts.map { FactRow($0.fact) }
        try await connection.execute(
            """
            INSERT INTO kpi.fact (partition, campaign_id, customer_id, kind, fact_key, occurred_at, office_path, manager, arm,
                is_control, wave, channel, window_micros, flag, value_minor, reason)
            SELECT * FROM unnest(\(facts.map(\.owner.partition))::smallint[],
                \(facts.map(\.owner.campaignID))::bigint[], \(facts.map(\.owner.customerID))::bigint[],
                \(rows.map(\.kind))::smallint[], \(rows.map(\.key))::text[], \(rows.map(\.at))::timestamptz[],
                \(rows.map(\.cut.officePath))::text[], \(rows.map(\.cut.manager))::text[],
                \(rows.map(\.cut.arm))::text[], \(rows.map(\.cut.isControl))::boolean[],
                \(rows.map(\.cut.wave))::integer[], \(rows.map(\.cut.channel))::text[],
                \(rows.map(\.windowMicroseconds))::bigint[], \(rows.map(\.flag))::boolean[],
                \(rows.map(\.valueMinor))::bigint[], \(rows.map(\.reason))::text[])
            ON CONFLICT (partition, campaign_id, customer_id, kind, fact_key) DO NOTHING
            """)
    }
}
