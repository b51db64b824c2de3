internal import EventLog
internal import Foundation
internal import Postgres
internal import SegmentationDomain

/// Which snapshot of a segment is the newest, and what the next one changes: who entered, who exited.
enum MembershipStorage {
    /// As segmentation/v1/log.proto numbers them.
    private static let entered: Int16 = 1
    private static let exited: Int16 = 2

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

    /// The next part of the oldest freeze that is not logged yet, held until the transaction ends.
    static func takePart(in connection: PostgresConnection) async throws -> Part? {
        try await connection.query(
            """
            SELECT t.snapshot_id, t.previous_snapshot_id, n.segment_id, n.segment_version, n.frozen_at,
                t.next_partition, t.partitions_at_once
            FROM segmentation.membership_task t JOIN segmentation.snapshot n ON n.snapshot_id = t.snapshot_id
            ORDER BY t.snapshot_id LIMIT 1 FOR UPDATE OF t
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

    /// The offices of those who entered or exited.
    static func offices(of part: Part, in connection: PostgresConnection) async throws -> [String] {
        try await connection.query(
            """
            SELECT DISTINCT c.office_path FROM (\(changes(of: part))) m
            JOIN profile.published_customer c ON c.partition = m.partition AND c.customer_id = m.customer_id
            """
        ).map { try $0.decode(String.self) }
    }

    /// An entry of the log for each who entered or exited.
    ///
    /// - Parameter bodies: for each office the body of the entries of its customers.
    static func entries(of part: Part, bodies: [String: [UInt8]]) -> SQL {
        let offices = bodies.sorted { $0.key < $1.key }
        return """
            SELECT m.partition, m.customer_id, m.kind, \(String(part.segmentID))::text AS subject,
                \(part.at)::timestamptz AS occurred_at, b.body
            FROM (\(changes(of: part))) m
            JOIN profile.published_customer c ON c.partition = m.partition AND c.customer_id = m.customer_id
            JOIN unnest(\(offices.map(\.key))::text[], \(offices.map(\.value))::bytea[]) AS b(office_path, body)
                ON b.office_path = c.office_path
            """
    }

    private static func changes(of part: Part) -> SQL {
        """
        SELECT partition, customer_id, CASE WHEN o.is_member THEN \(exited)::smallint ELSE \(entered)::smallint END AS kind
        FROM (\(members(of: part.snapshotID, part.partitions))) n
        FULL JOIN (\(members(of: part.previousID, part.partitions))) o USING (partition, customer_id)
        WHERE n.is_member IS NULL OR o.is_member IS NULL
        """
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
