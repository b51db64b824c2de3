internal import CampaignDomain
internal import Foundation
internal import Postgres

/// Contacts that a channel did not take so often that a person has to look.
enum DeadLetterStorage {
    struct Letter: Sendable {
        var partition: Int16
        var deliveryID: Int64
        var reason: String
        var attempts: Int32
        var createdAt: Date
        var isRedriven: Bool
    }

    static func putStatement(_ partition: Int16, _ contact: OpenContact, reason: String, at moment: Date) -> SQL {
        """
        INSERT INTO campaign.delivery_dead_letter (partition, delivery_id, reason, attempts, created_at, is_redriven)
        VALUES (\(partition), \(contact.deliveryID), \(reason), \(contact.machine.attempt), \(moment), false)
        ON CONFLICT (partition, delivery_id) DO UPDATE SET reason = excluded.reason, attempts = excluded.attempts,
            created_at = excluded.created_at, is_redriven = false
        """
    }

    /// In the order of their deliveries, behind one.
    static func list(after deliveryID: Int64, limit: Int, in connection: PostgresConnection) async throws -> [Letter] {
        try await connection.query(
            """
            SELECT partition, delivery_id, reason, attempts, created_at, is_redriven FROM campaign.visible_dead_letter
            WHERE delivery_id > \(deliveryID) ORDER BY delivery_id LIMIT \(limit)
            """
        ).map(Letter.init(row:))
    }

    static func find(_ deliveryID: Int64, in connection: PostgresConnection) async throws -> Letter? {
        try await connection.query(
            """
            SELECT partition, delivery_id, reason, attempts, created_at, is_redriven FROM campaign.visible_dead_letter
            WHERE delivery_id = \(deliveryID)
            """
        ).first.map(Letter.init(row:))
    }

    /// Says whether it was still to be driven.
    static func markRedriven(_ letter: Letter, in connection: PostgresConnection) async throws -> Bool {
        try await connection.execute(
            """
            UPDATE campaign.delivery_dead_letter SET is_redriven = true
            WHERE partition = \(letter.partition) AND delivery_id = \(letter.deliveryID) AND NOT is_redriven
            """) == 1
    }
}

extension DeadLetterStorage.Letter {
    fileprivate init(row: PostgresRow) throws {
        (partition, deliveryID, reason, attempts, createdAt, isRedriven) = try row.decode(
            (Int16, Int64, String, Int32, Date, Bool).self)
    }
}
