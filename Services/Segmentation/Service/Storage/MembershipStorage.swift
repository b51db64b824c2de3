internal import EventLog
internal import Foundation
internal import Postgres
internal import SegmentationDomain

/// Which snapshot of a segment is the newest, and what the next one changes: who entered, who exited.
enum MembershipStorage {
    /// The newest snapshot, nil where there is none. Two freezes of a segment go one after the other: the second meets a
    /// conflict here, and its repetition sees what the first left.
    static func takeNewest(of segmentID: Int64, in connection: PostgresConnection) async throws -> Int64? {
        try await connection.execute(
            """
            INSERT INTO segmentation.current_snapshot (segment_id) VALUES (\(segmentID))
            ON CONFLICT (segment_id) DO NOTHING
            """)
        return try await connection.query(
            "SELECT snapshot_id FROM segmentation.current_snapshot WHERE segment_id = \(segmentID) FOR UPDATE"
        ).first?.decode(Int64?.self) ?? nil
    }

    static func setNewest(_ snapshot: Snapshot, in connection: PostgresConnection) async throws {
        try await connection.execute(
            """
            UPDATE segmentation.current_snapshot SET snapshot_id = \(snapshot.id)
            WHERE segment_id = \(snapshot.segmentID)
            """)
    }

    // MARK: What a freeze leaves to be logged

    /// Changes that one transaction logs at most, about.
    private static let changesAtOnce: Int64 = 50_000

    /// What a snapshot changes is to be logged.
    static func addTask(for snapshot: Snapshot, since old: Int64?, in connection: PostgresConnection) async throws {
        let partitions = Int64(LogPartition.count)
        try await connection.execute(
            """
            INSERT INTO segmentation.membership_task
                (snapshot_id, previous_snapshot_id, next_partition, partitions_at_once)
            SELECT \(snapshot.id), \(old as Int64?), 0, greatest(1, least(\(partitions), \(changesAtOnce * partitions)
                / (1 + \(snapshot.count) + coalesce((SELECT member_count FROM segmentation.snapshot
                    WHERE snapshot_id = \(old as Int64?)), 0))))
            """)
    }

    /// The changes of some partitions by one freeze.
    struct Part: Sendable {
        var snapshotID: Int64
        var previousID: Int64?
        var segmentID: Int64
        var segmentVersion: Int64
        var at: Date
        var partitions: ClosedRange<Int16>
    }

    /// What the server answers where somebody else has taken the part.
    static let takenState = "55P03"

    /// The next part of the oldest freeze that is not logged yet, held until the transaction ends.
    ///
    /// Nobody waits for who holds it, and nobody passes over it either: freezes are logged in their order.
    ///
    /// - Throws: `PostgresError` with ``takenState`` where somebody else holds it.
    static func takePart(in connection: PostgresConnection) async throws -> Part? {
        try await connection.query(
            """
            SELECT t.snapshot_id, t.previous_snapshot_id, n.segment_id, n.segment_version, n.frozen_at,
                t.next_partition, t.partitions_at_once
            FROM segmentation.membership_task t JOIN segmentation.snapshot n ON n.snapshot_id = t.snapshot_id
            ORDER BY t.snapshot_id LIMIT 1 FOR UPDATE OF t NOWAIT
            """
        ).first.map { row in
            let (id, old, segment, version, at, next, count) = try row.decode(
                Int64.self, Int64?.self, Int64.self, Int64.self, Date.self, Int16.self, Int16.self)
            return Part(
                snapshotID: id, previousID: old, segmentID: segment, segmentVersion: version, at: at,
                partitions: next...min(next + count - 1, LogPartition.all.upperBound))
        }
    }

    static func finish(_ part: Part, in connection: PostgresConnection) async throws {
        guard part.partitions.upperBound < LogPartition.all.upperBound else {
            try await connection.execute(
                "DELETE FROM segmentation.membership_task WHERE snapshot_id = \(part.snapshotID)")
            return
        }
        try await connection.execute(
            """
            UPDATE segmentation.membership_task SET next_partition = \(part.partitions.upperBound + 1)
            WHERE snapshot_id = \(part.snapshotID)
            """)
    }

    /// The newest freeze that is not logged yet, nil where all are.
    static func newestTask(in connection: PostgresConnection) async throws -> Int64? {
        let rows = try await connection.query("SELECT max(snapshot_id) FROM segmentation.membership_task")
        return try rows[0].decode(0, as: Int64?.self)
    }

    static func isLogged(upTo snapshotID: Int64, in connection: PostgresConnection) async throws -> Bool {
        try await connection.query(
            "SELECT FROM segmentation.membership_task WHERE snapshot_id <= \(snapshotID) LIMIT 1"
        ).isEmpty
    }

    /// Somebody who entered or exited.
    struct Change: Sendable {
        var customerID: Int64
        var hasEntered: Bool
        /// Where the customer stands now, as the part is logged.
        var officePath: String
    }

    /// Those of one partition together.
    static func changes(of part: Part, in connection: PostgresConnection) async throws -> [Change] {
        try await connection.query(
            """
            SELECT m.customer_id, m.has_entered, c.office_path
            FROM (
                SELECT partition, customer_id, n.is_member IS NOT NULL AS has_entered
                FROM (\(members(of: part.snapshotID, part.partitions))) n
                FULL JOIN (\(members(of: part.previousID, part.partitions))) o USING (partition, customer_id)
                WHERE n.is_member IS NULL OR o.is_member IS NULL
            ) m
            JOIN profile.published_customer c ON c.partition = m.partition AND c.customer_id = m.customer_id
            ORDER BY m.partition, m.customer_id
            """
        ).map { row in
            let (id, hasEntered, office) = try row.decode(Int64.self, Bool.self, String.self)
            return Change(customerID: id, hasEntered: hasEntered, officePath: office)
        }
    }

    private static func members(of snapshotID: Int64?, _ partitions: ClosedRange<Int16>) -> SQL {
        """
        SELECT p.partition, m.customer_id, true AS is_member
        FROM segmentation.snapshot_part p CROSS JOIN LATERAL unnest(p.customer_ids) AS m(customer_id)
        WHERE p.snapshot_id = \(snapshotID as Int64?)
            AND p.partition BETWEEN \(partitions.lowerBound) AND \(partitions.upperBound)
        """
    }
}
