internal import Foundation
internal import Postgres

/// The rows by which the members of one consumer share partitions and remember how far they are.
struct CursorStorage: Sendable {
    let schema: String
    let consumer: String
    let log: String

    struct Lease: Sendable, Equatable {
        var applied: Int64
        var token: Int64
    }

    /// Makes the cursors at the beginning of the log, where there are none yet, and forgets members that were killed long
    /// ago.
    func create(in pool: PostgresPool) async throws {
        try await pool.execute(
            """
            DELETE FROM \(path: "\(schema).log_member")
            WHERE consumer = \(consumer) AND log = \(log) AND lease_until < now() - interval '1 day'
            """)
        try await pool.execute(
            """
            INSERT INTO \(path: "\(schema).log_cursor") (partition, consumer, log, applied_offset, fencing_token)
            SELECT partition, \(consumer), \(log), 0, 0 FROM generate_series(0, \(LogPartition.count - 1)) AS partition
            ON CONFLICT DO NOTHING
            """)
    }

    /// Members may be configured a little differently; none has a lease of more than so many of another's.
    private static let longestLeaseInLeases = 10.0

    /// Renews the lease of a member and returns the partitions that are its own.
    func renew(member: String, lease: Duration, in pool: PostgresPool) async throws -> [Int16: Lease] {
        let seconds = Double(lease.components.seconds) + Double(lease.components.attoseconds) / 1e18
        return try await pool.withConnection { connection in
            // A lease so long was given before the clock of the database was set back. Its member renews it if it lives.
            _ = try await connection.pipeline([
                """
                DELETE FROM \(path: "\(schema).log_member")
                WHERE consumer = \(consumer) AND log = \(log)
                  AND lease_until > now() + make_interval(secs => \(seconds * Self.longestLeaseInLeases))
                """,
                "SELECT \(path: "\(schema).log_renew_leases")(\(consumer), \(log), \(member), \(seconds))",
            ])
            return try await leases(of: member, in: connection)
        }
    }

    private func leases(of member: String, in connection: PostgresConnection) async throws -> [Int16: Lease] {
        try Self.leases(try await connection.query(leasesStatement(of: member)))
    }

    /// How far the log is written and, where a member is given, which cursors are its own. One round trip.
    func look(
        _ member: String?, in connection: PostgresConnection
    ) async throws -> (heads: LogPosition, leases: [Int16: Lease]?) {
        let heads = LogHeads.statement(schema: log)
        guard let member else { return (try LogHeads.position(try await connection.query(heads)), nil) }
        // The cursors first: they must not be older than what a batch before this look has moved, the heads may.
        let answers = try await connection.pipeline([leasesStatement(of: member), heads])
        return (try LogHeads.position(answers[1]), try Self.leases(answers[0]))
    }

    private func leasesStatement(of member: String) -> SQL {
        """
        SELECT array_agg(partition), array_agg(applied_offset), array_agg(fencing_token)
        FROM \(path: "\(schema).log_cursor")
        WHERE consumer = \(consumer) AND log = \(log) AND lease_owner = \(member)
        """
    }

    private static func leases(_ rows: [PostgresRow]) throws -> [Int16: Lease] {
        guard let row = rows.first, let partitions = try row.decode(0, as: [Int16]?.self) else { return [:] }
        let (offsets, tokens) = (try row.decode(1, as: [Int64].self), try row.decode(2, as: [Int64].self))
        var leases: [Int16: Lease] = [:]
        leases.reserveCapacity(partitions.count)
        for (index, partition) in partitions.enumerated() {
            leases[partition] = Lease(applied: offsets[index], token: tokens[index])
        }
        return leases
    }

    /// Gives everything back at once, so that nobody has to wait for the lease to end.
    func release(member: String, in pool: PostgresPool) async throws {
        try await pool.execute(
            """
            DELETE FROM \(path: "\(schema).log_member")
            WHERE consumer = \(consumer) AND log = \(log) AND member = \(member)
            """)
    }

    /// Moves cursors; to be called with ranges in ascending order of partition.
    func advance(_ ranges: [LogRange], tokens: [Int64]) -> SQL {
        """
        SELECT \(path: "\(schema).log_advance_cursors")(\(consumer), \(log), \(ranges.map(\.partition)),
            \(ranges.map(\.after)), \(ranges.map(\.upTo)), \(tokens))
        """
    }

    /// Back to the beginning. Whoever is just applying something ends first; who still remembers the old position moves
    /// nothing from there, because a cursor moves only from where it stands.
    func rewind(in connection: PostgresConnection) async throws {
        // Ascending, as batches take them.
        try await connection.execute(
            """
            SELECT FROM \(path: "\(schema).log_cursor") WHERE consumer = \(consumer) AND log = \(log)
            ORDER BY partition FOR UPDATE
            """)
        try await connection.execute(
            """
            UPDATE \(path: "\(schema).log_cursor") SET applied_offset = 0
            WHERE consumer = \(consumer) AND log = \(log)
            """)
    }

    func applied(in pool: PostgresPool) async throws -> LogPosition {
        try LogHeads.position(
            try await pool.query(
                """
                SELECT array_agg(partition), array_agg(applied_offset) FROM \(path: "\(schema).log_cursor")
                WHERE consumer = \(consumer) AND log = \(log)
                """))
    }
}
