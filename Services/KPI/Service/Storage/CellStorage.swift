internal import KPIDomain
internal import Postgres

/// The running totals. Amounts travel as text, for they may leave 64 bits.
enum CellStorage {
    /// Adds amounts to the cells of one partition.
    static func addStatement(_ amounts: [CellKey: Int128], partition: Int16) -> SQL {
        let cells = Array(amounts)
        return """
            INSERT INTO kpi.cell (partition, campaign_id, office_path, day, arm, is_control, measure, reason, amount)
            SELECT \(partition)::smallint, i.*
            FROM unnest(\(cells.map(\.key.campaignID))::bigint[], \(cells.map(\.key.officePath))::text[],
                \(cells.map(\.key.day))::text[], \(cells.map(\.key.arm))::text[],
                \(cells.map(\.key.isControl))::boolean[], \(cells.map(\.key.measure.rawValue))::smallint[],
                \(cells.map(\.key.reason))::text[], \(cells.map { String($0.value) })::text[]::numeric[])
                AS i(campaign_id, office_path, day, arm, is_control, measure, reason, amount)
            ON CONFLICT (partition, campaign_id, office_path, day, arm, is_control, measure, reason)
            DO UPDATE SET amount = cell.amount + excluded.amount
            """
    }

    /// The cells of one partition as they stand; 0: of every campaign.
    static func stored(
        partition: Int16, campaignID: Int64, in connection: PostgresConnection
    ) async throws -> [CellKey: Int128] {
        let rows = try await connection.query(
            """
            SELECT campaign_id, office_path, day, arm, is_control, measure, reason, amount::text FROM kpi.cell
            WHERE partition = \(partition) AND (\(campaignID) = 0 OR campaign_id = \(campaignID)) AND amount <> 0
            """)
        return try cells(rows)
    }

    /// Cells of a campaign that the scope of the transaction shows, summed over partitions; the offices are summed too. What
    /// went back to nothing is left out: whoever counted the log anew would not have it.
    static func visible(
        campaignID: Int64, below officePath: String, in connection: PostgresConnection
    ) async throws -> [CellKey: Int128] {
        let rows = try await connection.query(
            """
            SELECT campaign_id, \(officePath)::text, day, arm, is_control, measure, reason, sum(amount)::text
            FROM kpi.visible_cell
            WHERE campaign_id = \(campaignID) AND starts_with(office_path, \(officePath))
            GROUP BY campaign_id, day, arm, is_control, measure, reason
            HAVING sum(amount) <> 0
            """)
        return try cells(rows)
    }

    private static func cells(_ rows: [PostgresRow]) throws -> [CellKey: Int128] {
        var cells: [CellKey: Int128] = [:]
        for row in rows {
            let (campaign, office, day, arm, control, measure, reason, amount) = try row.decode(
                Int64.self, String.self, String.self, String.self, Bool.self, Int16.self, String.self, String.self)
            guard let measure = Measure(rawValue: measure), let amount = Int128(amount) else { continue }
            cells[
                CellKey(
                    campaignID: campaign, officePath: office, day: day, arm: arm, isControl: control, measure: measure,
                    reason: reason)] = amount
        }
        return cells
    }
}
