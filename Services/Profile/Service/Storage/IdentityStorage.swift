internal import Foundation
internal import Postgres
internal import ProfileDomain

/// Identities and the claim that makes each of them name one customer alone.
enum IdentityStorage {
    /// Up to here each identity is looked up by itself, in one round trip; beyond, a join costs less.
    private static let pointLimit = 8

    /// Homes of the identities that are claimed; the others are missing.
    static func homes(of identities: [Identity], in connection: PostgresConnection) async throws -> [Identity: Int64] {
        guard identities.count > pointLimit else { return try await homesOneByOne(identities, in: connection) }
        // Planned each time, because claims grow from none to millions while connections live: a plan that was made
        // while there were few would read them all.
        let join: SQL = """
            SELECT c.kind, c.value, c.customer_id
            FROM unnest(\(identities.map(\.kind))::text[], \(identities.map(\.value))::text[]) AS i(kind, value)
            JOIN profile.identity_claim c ON c.kind = i.kind AND c.value = i.value
            """
        var homes: [Identity: Int64] = [:]
        for row in try await connection.query(join.unprepared) {
            let (kind, value, home) = try row.decode(String.self, String.self, Int64.self)
            homes[Identity(trusted: kind, value)] = home
        }
        return homes
    }

    private static func homesOneByOne(
        _ identities: [Identity], in connection: PostgresConnection
    ) async throws -> [Identity: Int64] {
        let answers = try await connection.pipeline(
            identities.map { identity in
                """
                SELECT customer_id FROM profile.identity_claim
                WHERE kind = \(identity.kind) AND value = \(identity.value)
                """
            })
        var homes: [Identity: Int64] = [:]
        for (identity, rows) in zip(identities, answers) {
            if let row = rows.first { homes[identity] = try row.decode(Int64.self) }
        }
        return homes
    }

    /// Claims identities for homes and answers who holds each now: a claim that another writer made first stands.
    ///
    /// The rows are written in one order everywhere, so that two writers never wait for each other in a ring.
    static func claim(
        _ wanted: [(identity: Identity, home: Int64)], in connection: PostgresConnection
    ) async throws -> [Identity: Int64] {
        guard !wanted.isEmpty else { return [:] }
        let sorted = wanted.sorted { ($0.identity.kind, $0.identity.value) < ($1.identity.kind, $1.identity.value) }
        if sorted.count <= StagedCopy.statementRows {
            try await insertClaims(sorted, in: connection)
        } else {
            // By place, for the order of texts is another in the database than here.
            try await StagedCopy.run(
                into: "profile.identity_claim", columns: ["kind", "value", "partition", "customer_id"],
                "ORDER BY ctid ON CONFLICT (kind, value) DO NOTHING", in: connection
            ) { writer in
                for (identity, home) in sorted {
                    try await writer.write(
                        identity.kind, identity.value, CustomerKey(customerID: home).partition, home)
                }
            }
        }
        return try await homes(of: sorted.map(\.identity), in: connection)
    }

    private static func insertClaims(
        _ sorted: [(identity: Identity, home: Int64)], in connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            INSERT INTO profile.identity_claim (kind, value, partition, customer_id)
            SELECT * FROM unnest(\(sorted.map(\.identity.kind))::text[], \(sorted.map(\.identity.value))::text[],
                \(sorted.map { CustomerKey(customerID: $0.home).partition })::smallint[],
                \(sorted.map(\.home))::bigint[])
            ON CONFLICT (kind, value) DO NOTHING
            """)
    }

    /// Writes the identities beside their customer, once the claims are ours.
    static func link(
        _ links: [(identity: Identity, home: Int64)], at moment: Date, in connection: PostgresConnection
    ) async throws {
        guard !links.isEmpty else { return }
        guard links.count <= StagedCopy.statementRows else {
            return try await StagedCopy.run(
                into: "profile.identity", columns: ["partition", "customer_id", "kind", "value", "linked_at"],
                "ON CONFLICT (partition, customer_id, kind, value) DO NOTHING", in: connection
            ) { writer in
                for (identity, home) in links {
                    try await writer.write(
                        CustomerKey(customerID: home).partition, home, identity.kind, identity.value, moment)
                }
            }
        }
        try await connection.execute(
            """
            INSERT INTO profile.identity (partition, customer_id, kind, value, linked_at)
            SELECT i.partition, i.customer_id, i.kind, i.value, \(moment)
            FROM unnest(\(links.map { CustomerKey(customerID: $0.home).partition })::smallint[],
                \(links.map(\.home))::bigint[], \(links.map(\.identity.kind))::text[],
                \(links.map(\.identity.value))::text[]) AS i(partition, customer_id, kind, value)
            ON CONFLICT (partition, customer_id, kind, value) DO NOTHING
            """)
    }
}
