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
    /// One statement for the owners of one partition. The lookup of an owner stands in a query of its own, which the
    /// planner may not join with the others: it goes through the key however small the table was when it was planned.
    static func factsStatement(_ partition: Int16, of owners: [FactOwner]) -> SQL {
        """
        SELECT f.campaign_id, f.customer_id, f.kind, f.fact_key, f.occurred_at, f.office_path, f.manager, f.arm,
            f.is_control, f.wave, f.channel, f.window_micros, f.flag, f.value_minor, f.reason
        FROM unnest(\(owners.map(\.campaignID))::bigint[], \(owners.map(\.customerID))::bigint[])
            AS o(campaign_id, customer_id)
        CROSS JOIN LATERAL (
            SELECT * FROM kpi.fact t
            WHERE t.partition = \(partition) AND t.campaign_id = o.campaign_id AND t.customer_id = o.customer_id
            OFFSET 0
        ) f
        """
    }

    static func facts(_ rows: [PostgresRow], partition: Int16) throws -> [FactOwner: CustomerFacts] {
        var found: [FactOwner: CustomerFacts] = [:]
        for row in rows {
            let owner = FactOwner(partition: partition, campaignID: try row.decode(0), customerID: try row.decode(1))
            found[owner, default: CustomerFacts()].add(try FactRow(row, from: 2).fact)
        }
        return found
    }

    /// Adds facts of one partition; one that is there already stays as it is.
    static func addStatement(_ facts: [OwnedFact], partition: Int16) -> SQL {
        let rows = facts.map { FactRow($0.fact) }
        return """
            INSERT INTO kpi.fact (partition, campaign_id, customer_id, kind, fact_key, occurred_at, office_path,
                manager, arm, is_control, wave, channel, window_micros, flag, value_minor, reason)
            SELECT \(partition)::smallint, i.*
            FROM unnest(\(facts.map(\.owner.campaignID))::bigint[], \(facts.map(\.owner.customerID))::bigint[],
                \(rows.map(\.kind))::smallint[], \(rows.map(\.key))::text[], \(rows.map(\.at))::timestamptz[],
                \(rows.map(\.cut.officePath))::text[], \(rows.map(\.cut.manager))::text[],
                \(rows.map(\.cut.arm))::text[], \(rows.map(\.cut.isControl))::boolean[],
                \(rows.map(\.cut.wave))::integer[], \(rows.map(\.cut.channel))::text[],
                \(rows.map(\.cut.windowMicroseconds))::bigint[], \(rows.map(\.flag))::boolean[],
                \(rows.map(\.valueMinor))::bigint[], \(rows.map(\.reason))::text[]) AS i
            ON CONFLICT (partition, campaign_id, customer_id, kind, fact_key) DO NOTHING
            """
    }
}
