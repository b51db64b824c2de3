internal import Foundation
internal import Postgres

/// The rows of `<schema>.idempotency`: who asked for what by which key, and what was answered.
struct IdempotencyStore: Sendable {
    struct Stored {
        let method: String
        let requestHash: [UInt8]
        let reply: [UInt8]
    }

    /// The claim of a change: equal for every repetition of it.
    struct Claim {
        let key: String
        let caller: String
        /// The person's code; empty for a machine.
        let person: String
        let method: String
        let requestHash: [UInt8]
    }

    let schema: String

    /// Waits for another transaction with the same claim to end.
    ///
    /// - Returns: true for the first; false where the change is there already.
    func claim(_ claim: Claim, at date: Date, in connection: PostgresConnection) async throws -> Bool {
        try await connection.execute(
            """
            INSERT INTO \(identifier: schema).idempotency
                (idempotency_key, caller, person, method, request_hash, claimed_at)
            VALUES
                (\(claim.key), \(claim.caller), \(claim.person), \(claim.method), \(claim.requestHash), \(date))
            ON CONFLICT DO NOTHING
            """) == 1
    }

    func stored(_ claim: Claim, in connection: PostgresConnection) async throws -> Stored? {
        let rows = try await connection.query(
            """
            SELECT method, request_hash, reply FROM \(identifier: schema).idempotency
            WHERE idempotency_key = \(claim.key) AND caller = \(claim.caller) AND person = \(claim.person)
            """)
        return try rows.first.map { row in
            Stored(
                method: try row.decode("method", as: String.self),
                requestHash: try row.decode("request_hash", as: [UInt8].self),
                reply: try row.decode("reply", as: [UInt8].self))
        }
    }

    func store(_ reply: [UInt8], for claim: Claim, in connection: PostgresConnection) async throws {
        _ = try await connection.execute(
            """
            UPDATE \(identifier: schema).idempotency SET reply = \(reply)
            WHERE idempotency_key = \(claim.key) AND caller = \(claim.caller) AND person = \(claim.person)
            """)
    }

    /// - Returns: how many rows went; fewer than `rows` means that nothing older is left.
    func remove(before date: Date, rows: Int, pool: PostgresPool) async throws -> Int {
        try await pool.execute(
            """
            DELETE FROM \(identifier: schema).idempotency WHERE (idempotency_key, caller, person) IN (
                SELECT idempotency_key, caller, person FROM \(identifier: schema).idempotency
                WHERE claimed_at < \(date) LIMIT \(rows))
            """)
    }
}
