internal import Foundation
internal import Postgres
internal import ProfileDomain

/// A consent and whose it is.
struct LocatedConsent: Sendable {
    var key: CustomerKey
    var consent: Consent
}

/// What a customer has said once: a later word takes the place of the earlier.
struct ConsentKey: Hashable {
    let customerID: Int64
    let purpose: String
    let channel: String
}

extension ConsentKey {
    init(_ located: LocatedConsent) {
        self.init(
            customerID: located.key.customerID, purpose: located.consent.purpose, channel: located.consent.channel)
    }
}

/// Consents and suppression, always written after their customer's guard was taken.
enum ConsentStorage {
    /// Takes the guard of each customer, in one order: from here to the end of the transaction no contact to them can be
    /// reserved or sent.
    static func takeGuards(_ keys: Set<CustomerKey>, in connection: PostgresConnection) async throws {
        guard !keys.isEmpty else { return }
        let sorted = keys.sorted { ($0.partition, $0.customerID) < ($1.partition, $1.customerID) }
        _ = try await connection.query(
            """
            SELECT g.customer_id
            FROM profile.consent_guard g
            JOIN unnest(\(sorted.map(\.partition))::smallint[], \(sorted.map(\.customerID))::bigint[])
                AS i(partition, customer_id) ON g.partition = i.partition AND g.customer_id = i.customer_id
            ORDER BY g.partition, g.customer_id
            FOR UPDATE OF g
            """)
    }

    /// What stands at the end where they are said in their order, one of each customer, purpose and channel: those that
    /// nothing outweighs, neither what was written down nor one of them, as if each came in a batch of its own. To be called
    /// with their guards taken.
    ///
    /// - Parameters:
    ///   - isSaidNow: a person gives them at this moment, and no file.
    ///   - moment: at which they are written down.
    static func notOutdated(
        _ consents: [LocatedConsent], isSaidNow: Bool, at moment: Date, in connection: PostgresConnection
    ) async throws -> [LocatedConsent] {
        var standing = try await standing(consents.filter(\.consent.granted), in: connection)
        var counting: [ConsentKey: LocatedConsent] = [:]
        for one in consents {
            let (key, consent) = (ConsentKey(one), one.consent)
            if let old = standing[key], consent.isOutdated(by: old, isSaidNow: isSaidNow) { continue }
            standing[key] = StandingConsent(
                granted: consent.granted, validFrom: consent.validFrom, changedAt: moment)
            counting[key] = one
        }
        return counting.values.sorted {
            ($0.key.customerID, $0.consent.purpose, $0.consent.channel)
                < ($1.key.customerID, $1.consent.purpose, $1.consent.channel)
        }
    }

    /// What was written down of the customers, purposes and channels of these grants.
    private static func standing(
        _ grants: [LocatedConsent], in connection: PostgresConnection
    ) async throws -> [ConsentKey: StandingConsent] {
        guard !grants.isEmpty else { return [:] }
        let rows = try await connection.query(
            """
            SELECT n.customer_id, n.purpose, n.channel, n.granted, n.valid_from, n.changed_at
            FROM unnest(\(grants.map(\.key.partition))::smallint[], \(grants.map(\.key.customerID))::bigint[],
                \(grants.map(\.consent.purpose))::text[], \(grants.map(\.consent.channel))::text[])
                AS i(partition, customer_id, purpose, channel)
            JOIN profile.consent n USING (partition, customer_id, purpose, channel)
            """)
        return Dictionary(
            try rows.map { row in
                let (id, purpose, channel, granted, from, changed) = try row.decode(
                    Int64.self, String.self, String.self, Bool.self, Date.self, Date.self)
                return (
                    ConsentKey(customerID: id, purpose: purpose, channel: channel),
                    StandingConsent(granted: granted, validFrom: from, changedAt: changed)
                )
            }, uniquingKeysWith: { $1 })
    }

    static func put(_ consents: [LocatedConsent], at moment: Date, in connection: PostgresConnection) async throws {
        guard !consents.isEmpty else { return }
        guard consents.count <= StagedCopy.statementRows else {
            return try await copy(consents, at: moment, in: connection)
        }
        try await connection.execute(
            """
            INSERT INTO profile.consent (partition, customer_id, purpose, channel, granted, valid_from, valid_until,
                source, changed_at)
            SELECT i.*, \(moment)
            FROM unnest(\(consents.map(\.key.partition))::smallint[], \(consents.map(\.key.customerID))::bigint[],
                \(consents.map(\.consent.purpose))::text[], \(consents.map(\.consent.channel))::text[],
                \(consents.map(\.consent.granted))::boolean[], \(consents.map(\.consent.validFrom))::timestamptz[],
                \(consents.map(\.consent.validUntil))::timestamptz[], \(consents.map(\.consent.source))::text[])
                AS i(partition, customer_id, purpose, channel, granted, valid_from, valid_until, source)
            \(replacing)
            """)
    }

    private static let replacing: SQL = """
        ON CONFLICT (partition, customer_id, purpose, channel) DO UPDATE SET granted = excluded.granted,
            valid_from = excluded.valid_from, valid_until = excluded.valid_until, source = excluded.source,
            changed_at = excluded.changed_at
        """

    private static func copy(
        _ consents: [LocatedConsent], at moment: Date, in connection: PostgresConnection
    ) async throws {
        try await StagedCopy.run(
            into: "profile.consent",
            columns: [
                "partition", "customer_id", "purpose", "channel", "granted", "valid_from", "valid_until", "source",
                "changed_at",
            ], replacing, in: connection
        ) { writer in
            for one in consents {
                let consent = one.consent
                try await writer.write(
                    one.key.partition, one.key.customerID, consent.purpose, consent.channel, consent.granted,
                    consent.validFrom, consent.validUntil, consent.source, moment)
            }
        }
    }

    static func suppress(
        _ suppressed: Bool, reason: String, _ key: CustomerKey, at moment: Date, in connection: PostgresConnection
    ) async throws {
        try await connection.execute(
            """
            INSERT INTO profile.suppression (partition, customer_id, suppressed, reason, changed_at)
            VALUES (\(key.partition), \(key.customerID), \(suppressed), \(reason), \(moment))
            ON CONFLICT (partition, customer_id) DO UPDATE SET suppressed = excluded.suppressed,
                reason = excluded.reason, changed_at = excluded.changed_at
            """)
    }
}
