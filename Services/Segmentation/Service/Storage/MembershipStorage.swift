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

    /// The offices of those who entered or exited.
    static func offices(
        from old: Int64?, to new: Int64, in connection: PostgresConnection
    ) async throws -> [String] {
        try await connection.query(
            """
            SELECT DISTINCT c.office_path FROM (\(changes(from: old, to: new))) m
            JOIN profile.published_customer c ON c.partition = m.partition AND c.customer_id = m.customer_id
            """
        ).map { try $0.decode(String.self) }
    }

    /// An entry of the log for each who entered or exited.
    ///
    /// - Parameter bodies: for each office the body of the entries of its customers.
    static func entries(
        from old: Int64?, to snapshot: Snapshot, at moment: Date, bodies: [String: [UInt8]]
    ) -> SQL {
        let offices = bodies.sorted { $0.key < $1.key }
        return """
            SELECT m.partition, m.customer_id, m.kind, \(String(snapshot.segmentID))::text AS subject,
                \(moment)::timestamptz AS occurred_at, b.body
            FROM (\(changes(from: old, to: snapshot.id))) m
            JOIN profile.published_customer c ON c.partition = m.partition AND c.customer_id = m.customer_id
            JOIN unnest(\(offices.map(\.key))::text[], \(offices.map(\.value))::bytea[]) AS b(office_path, body)
                ON b.office_path = c.office_path
            """
    }

    private static func changes(from old: Int64?, to new: Int64) -> SQL {
        """
        SELECT partition, customer_id, CASE WHEN o.is_member THEN \(exited)::smallint ELSE \(entered)::smallint END AS kind
        FROM (SELECT partition, customer_id, true AS is_member FROM segmentation.snapshot_member
            WHERE snapshot_id = \(new)) n
        FULL JOIN (SELECT partition, customer_id, true AS is_member FROM segmentation.snapshot_member
            WHERE snapshot_id = \(old as Int64?)) o USING (partition, customer_id)
        WHERE n.is_member IS NULL OR o.is_member IS NULL
        """
    }
}
