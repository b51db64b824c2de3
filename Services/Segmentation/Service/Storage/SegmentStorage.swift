internal import Foundation
internal import Postgres
internal import SegmentationDomain

/// Segments and their versions. Row-level security shows a person's connection those of the person's office alone.
enum SegmentStorage {
    static func insert(
        _ content: SegmentContent, officePath: String, by user: String, at moment: Date,
        in connection: PostgresConnection
    ) async throws -> Segment {
        let rows = try await connection.query("SELECT nextval('segmentation.segment_id')")
        let segment = Segment(
            id: try rows[0].decode(Int64.self), version: 1, content: content, officePath: officePath, changedBy: user,
            changedAt: moment)
        try await connection.execute(
            """
            INSERT INTO segmentation.segment (segment_id, office_path, version)
            VALUES (\(segment.id), \(officePath), \(segment.version))
            """)
        try await insertVersion(segment, in: connection)
        return segment
    }

    /// Makes the next version, if `segment` is still the newest one.
    ///
    /// - Returns: the new version; nil where somebody else was faster.
    static func update(
        _ segment: Segment, _ content: SegmentContent, by user: String, at moment: Date,
        in connection: PostgresConnection
    ) async throws -> Segment? {
        let updated = try await connection.execute(
            """
            UPDATE segmentation.segment SET version = \(segment.version + 1)
            WHERE segment_id = \(segment.id) AND version = \(segment.version)
            """)
        guard updated == 1 else { return nil }
        let next = Segment(
            id: segment.id, version: segment.version + 1, content: content, officePath: segment.officePath,
            changedBy: user, changedAt: moment)
        try await insertVersion(next, in: connection)
        return next
    }

    private static func insertVersion(_ segment: Segment, in connection: PostgresConnection) async throws {
        try await connection.execute(
            """
            INSERT INTO segmentation.segment_version
                (segment_id, version, name, rule_text, rule_json, changed_by, changed_at)
            VALUES
                (\(segment.id), \(segment.version), \(segment.content.name), \(segment.content.ruleText),
                \(segment.content.ruleJSON), \(segment.changedBy), \(segment.changedAt))
            """)
    }

    /// - Parameters:
    ///   - version: nil for the newest.
    ///   - officePath: only where the connection is the owner's, which no policy restricts.
    static func find(
        _ id: Int64, version: Int64? = nil, within officePath: String = "/", in connection: PostgresConnection
    ) async throws -> Segment? {
        let wanted: SQL = if let version { "\(version)" } else { "newest_version" }
        let rows = try await connection.query(
            """
            SELECT segment_id, version, name, rule_text, rule_json, office_path, changed_by, changed_at
            FROM segmentation.visible_segment_version
            WHERE segment_id = \(id) AND version = \(wanted) AND starts_with(office_path, \(officePath))
            """)
        return try rows.first.map(Segment.init(row:))
    }

    /// The newest versions of segments with a larger id, in the order of their ids.
    static func list(after id: Int64, limit: Int, in connection: PostgresConnection) async throws -> [Segment] {
        let rows = try await connection.query(
            """
            SELECT segment_id, version, name, rule_text, rule_json, office_path, changed_by, changed_at
            FROM segmentation.visible_segment_version
            WHERE segment_id > \(id) AND version = newest_version ORDER BY segment_id LIMIT \(limit)
            """)
        return try rows.map(Segment.init(row:))
    }
}

extension Segment {
    fileprivate init(row: PostgresRow) throws {
        let (id, version, name, text, json, officePath, changedBy, changedAt) = try row.decode(
            Int64.self, Int64.self, String.self, String.self, String.self, String.self, String.self, Date.self)
        self.init(
            id: id, version: version, content: SegmentContent(name: name, ruleText: text, ruleJSON: json),
            officePath: officePath, changedBy: changedBy, changedAt: changedAt)
    }
}
