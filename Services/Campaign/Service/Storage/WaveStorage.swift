internal import CampaignDomain
internal import Foundation
internal import Postgres

/// How far the waves of a campaign have gone through its audience.
enum WaveStorage {
    struct Run: Sendable {
        var isFinished: Bool
    }

    static func runs(of campaignID: Int64, in connection: PostgresConnection) async throws -> [Int32: Run] {
        let rows = try await connection.query(
            "SELECT wave, finished_at IS NOT NULL FROM campaign.wave_run WHERE campaign_id = \(campaignID)")
        return try Dictionary(
            uniqueKeysWithValues: rows.map { row in
                let (wave, isFinished) = try row.decode((Int32, Bool).self)
                return (wave, Run(isFinished: isFinished))
            })
    }

    /// Begins a wave: one row of progress for each partition that has members of the audience.
    static func open(
        _ wave: Int32, of campaignID: Int64, at moment: Date, fencingToken: Int64, in connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            INSERT INTO campaign.wave_run (campaign_id, wave, opened_at) VALUES (\(campaignID), \(wave), \(moment))
            ON CONFLICT (campaign_id, wave) DO NOTHING
            """)
        try await connection.execute(
            """
            INSERT INTO campaign.wave_progress (partition, campaign_id, wave, last_customer_id, done, is_finished,
                fencing_token)
            SELECT partition, campaign_id, \(wave), \(Int64.min), 0, false, \(fencingToken)
            FROM campaign.audience_count WHERE campaign_id = \(campaignID)
            ON CONFLICT (partition, campaign_id, wave) DO NOTHING
            """)
    }

    static func finish(
        _ wave: Int32, of campaignID: Int64, at moment: Date, in connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            UPDATE campaign.wave_run SET finished_at = \(moment)
            WHERE campaign_id = \(campaignID) AND wave = \(wave) AND finished_at IS NULL
            """)
    }

    static func openPartitions(
        _ wave: Int32, of campaignID: Int64, in connection: PostgresConnection
    ) async throws -> [Int16] {
        try await connection.query(
            """
            SELECT partition FROM campaign.wave_progress
            WHERE campaign_id = \(campaignID) AND wave = \(wave) AND NOT is_finished ORDER BY partition
            """
        ).map { try $0.decode(Int16.self) }
    }

    /// Locks the progress of a partition for one page, for a planner whose token is not older than the last one's.
    static func lockStatement(_ partition: Int16, _ wave: Int32, of campaignID: Int64, fencingToken: Int64) -> SQL {
        """
        SELECT last_customer_id FROM campaign.wave_progress
        WHERE partition = \(partition) AND campaign_id = \(campaignID) AND wave = \(wave)
          AND NOT is_finished AND fencing_token <= \(fencingToken)
        FOR UPDATE
        """
    }

    /// The next members behind the progress that was locked.
    static func pageStatement(_ partition: Int16, _ wave: Int32, of campaignID: Int64, limit: Int) -> SQL {
        """
        SELECT a.campaign_id, a.customer_id, a.customer_number, a.office_path, a.manager, a.is_control
        FROM campaign.audience a
        WHERE a.partition = \(partition) AND a.campaign_id = \(campaignID) AND a.customer_id > (
            SELECT p.last_customer_id FROM campaign.wave_progress p
            WHERE p.partition = \(partition) AND p.campaign_id = \(campaignID) AND p.wave = \(wave))
        ORDER BY a.customer_id LIMIT \(limit)
        """
    }

    static func moveStatement(
        _ partition: Int16, _ wave: Int32, of campaignID: Int64, to lastCustomerID: Int64?, done: Int,
        isFinished: Bool, fencingToken: Int64
    ) -> SQL {
        """
        UPDATE campaign.wave_progress SET last_customer_id = coalesce(\(lastCustomerID as Int64?), last_customer_id),
            done = done + \(done), is_finished = \(isFinished), fencing_token = \(fencingToken)
        WHERE partition = \(partition) AND campaign_id = \(campaignID) AND wave = \(wave)
        """
    }
}
