internal import Foundation
internal import Postgres
internal import SegmentationDomain

/// Snapshots and their members.
enum SnapshotStorage {
    static func nextID(in connection: PostgresConnection) async throws -> Int64 {
        try await connection.query("SELECT nextval('segmentation.snapshot_id')")[0].decode(Int64.self)
    }

    /// How many members were written, and the SHA-256 over their sorted ids.
    static func seal(_ snapshotID: Int64, in connection: PostgresConnection) async throws -> (Int64, String) {
        let rows = try await connection.query(
            """
            SELECT count(m), encode(sha256(coalesce(string_agg(int8send(m), ''::bytea ORDER BY m), '')), 'hex')
            FROM segmentation.snapshot_part p CROSS JOIN LATERAL unnest(p.customer_ids) AS m
            WHERE p.snapshot_id = \(snapshotID)
            """)
        return try rows[0].decode(Int64.self, String.self)
    }

    static func insert(
        _ snapshot: Snapshot, by user: String, at moment: Date, in connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            INSERT INTO segmentation.snapshot
                (snapshot_id, segment_id, segment_version, office_path, dictionary_version, profile_offsets, as_of,
                member_count, checksum, frozen_by, frozen_at)
            VALUES
                (\(snapshot.id), \(snapshot.segmentID), \(snapshot.segmentVersion), \(snapshot.officePath),
                \(snapshot.dictionaryVersion), \(snapshot.profileOffsets), \(snapshot.asOf), \(snapshot.count),
                \(snapshot.checksum), \(user), \(moment))
            """)
    }

    static func find(_ id: Int64, in connection: PostgresConnection) async throws -> Snapshot? {
        let rows = try await connection.query(
            """
            SELECT snapshot_id, segment_id, segment_version, rule_json, dictionary_version, profile_offsets, as_of,
                member_count, checksum, office_path
            FROM segmentation.visible_snapshot WHERE snapshot_id = \(id)
            """)
        return try rows.first.map { row in
            let (id, segmentID, version, rule, dictionary, offsets, asOf, count, checksum, officePath) = try row.decode(
                Int64.self, Int64.self, Int64.self, String.self, Int64.self, [Int64].self, Date.self, Int64.self,
                String.self, String.self)
            return Snapshot(
                id: id, segmentID: segmentID, segmentVersion: version, ruleJSON: rule, dictionaryVersion: dictionary,
                profileOffsets: offsets, asOf: asOf, count: count, checksum: checksum, officePath: officePath)
        }
    }

    /// At most `limit` members after a key, in the order of their keys.
    ///
    /// A person's connection gives those members that the person may see now, whatever office they had at the freeze.
    static func members(
        _ id: Int64, after key: Member.Key?, limit: Int, in connection: PostgresConnection
    ) async throws -> [Member] {
        let start = key ?? Member.Key(partition: -1, customerID: 0)
        let counts = try await connection.query(
            """
            SELECT partition, member_count FROM segmentation.visible_snapshot_part
            WHERE snapshot_id = \(id) AND partition >= \(start.partition) ORDER BY partition
            """
        ).map { try $0.decode(Int16.self, Int32.self) }
        var members: [Member] = []
        var next = counts.startIndex
        // No more partitions at once than fill the page; more where the person may see few of them.
        while members.count < limit, next < counts.endIndex {
            let first = next
            var expected = 0
            while next < counts.endIndex, expected < limit - members.count {
                expected += Int(counts[next].1)
                next += 1
            }
            let partitions = counts[first].0...counts[next - 1].0
            members += try await connection.query(
                page(of: id, partitions, after: start, limit: limit - members.count)
            ).map(Member.init(row:))
        }
        return members
    }

    private static func page(
        of id: Int64, _ partitions: ClosedRange<Int16>, after start: Member.Key, limit: Int
    ) -> SQL {
        """
        SELECT p.partition, m.customer_id, coalesce(c.customer_number, ''), c.office_path, c.manager
        FROM segmentation.visible_snapshot_part p
        CROSS JOIN LATERAL unnest(p.customer_ids) AS m(customer_id)
        JOIN profile.published_customer c ON c.partition = p.partition AND c.customer_id = m.customer_id
        WHERE p.snapshot_id = \(id) AND p.partition BETWEEN \(partitions.lowerBound) AND \(partitions.upperBound)
            AND (p.partition, m.customer_id) > (\(start.partition), \(start.customerID))
        ORDER BY p.partition, m.customer_id LIMIT \(limit)
        """
    }
}
