internal import Foundation
internal import Postgres

/// The one lease of the planner: of all replicas, one plans.
enum PlannerLeaseStorage {
    /// Takes the lease or prolongs it. A change of hands raises the token, so that the former holder can write no more.
    ///
    /// A lease that ends later than any would was taken by a clock that went wrong, or that was set back since: it counts
    /// for nothing, or a dead holder would keep all others out for as long.
    ///
    /// - Parameter now: machine time.
    /// - Returns: the token, or nil where another replica holds the lease.
    static func take(
        owner: String, now: Date, lease: Duration, pool: PostgresPool
    ) async throws -> Int64? {
        let until = now + lease / .seconds(1)
        let rows = try await pool.query(
            """
            UPDATE campaign.planner_lease SET lease_until = \(until), owner = \(owner),
                fencing_token = fencing_token + CASE WHEN owner = \(owner) THEN 0 ELSE 1 END
            WHERE owner = \(owner) OR lease_until < \(now) OR lease_until > \(now + 10 * (lease / .seconds(1)))
            RETURNING fencing_token
            """)
        return try rows.first?.decode(Int64.self)
    }

    /// Gives the lease back, so that another replica need not wait for its end.
    static func release(owner: String, now: Date, pool: PostgresPool) async throws {
        try await pool.execute("UPDATE campaign.planner_lease SET lease_until = \(now) WHERE owner = \(owner)")
    }

    /// Within a transaction: whether the token is still the newest; no other takes the lease before the end of it.
    static func holds(_ token: Int64, in connection: PostgresConnection) async throws -> Bool {
        !(try await connection.query(
            "SELECT 1 FROM campaign.planner_lease WHERE fencing_token = \(token) FOR SHARE")).isEmpty
    }
}
