internal import Foundation
internal import Postgres
internal import ProfileDomain

/// An item of a batch that was not taken.
struct RefusedItem: Sendable {
    var caller: String
    var problem: FieldProblem
    /// The item as it was sent.
    var item: [UInt8]
}

/// Keeps what was refused, with its reason.
enum RefusedItemStorage {
    static func insert(_ items: [RefusedItem], at moment: Date, in connection: PostgresConnection) async throws {
        guard !items.isEmpty else { return }
        try await connection.execute(
            """
            INSERT INTO profile.refused_item (refused_id, recorded_at, caller, field, code, item)
            SELECT i.refused_id, \(moment), i.caller, i.field, i.code, i.item
            FROM unnest(\(items.map { _ in UUID() })::uuid[], \(items.map(\.caller))::text[],
                \(items.map(\.problem.field))::text[], \(items.map(\.problem.code))::text[],
                \(items.map(\.item))::bytea[]) AS i(refused_id, caller, field, code, item)
            """)
    }

    /// - Returns: how many went; fewer than `rows` means that nothing older is left.
    static func remove(before moment: Date, rows: Int, pool: PostgresPool) async throws -> Int {
        try await pool.execute(
            """
            DELETE FROM profile.refused_item WHERE refused_id IN (
                SELECT refused_id FROM profile.refused_item WHERE recorded_at < \(moment)
                ORDER BY recorded_at LIMIT \(Int64(rows)))
            """)
    }
}
