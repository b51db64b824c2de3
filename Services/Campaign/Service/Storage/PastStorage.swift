internal import CampaignDomain
internal import EventLog
internal import Foundation
internal import Postgres

/// Imports of campaigns of the past.
enum PastStorage {
    struct Import: Sendable {
        var importKey: String
        var campaign: Campaign
        var arms: [PastArm]
        var nextChunk: Int64
    }

    private struct StoredArm: Codable {
        var name: String
        var isControl: Bool
    }

    // MARK: The import

    static func find(importKey: String, in connection: PostgresConnection) async throws -> Import? {
        try await find("import_key = \(importKey)", in: connection)
    }

    static func find(campaignID: Int64, in connection: PostgresConnection) async throws -> Import? {
        try await find("campaign_id = \(campaignID)", in: connection)
    }

    private static func find(_ condition: SQL, in connection: PostgresConnection) async throws -> Import? {
        let rows = try await connection.query(
            "SELECT import_key, campaign_id, arms, next_chunk FROM campaign.past_import WHERE \(condition) FOR UPDATE")
        guard let row = rows.first else { return nil }
        let (importKey, campaignID, arms, nextChunk) = try row.decode((String, Int64, PostgresJSON, Int64).self)
        guard let campaign = try await CampaignStorage.find(campaignID, in: connection) else { return nil }
        let stored = try JSONDecoder().decode([StoredArm].self, from: Data(arms.text.utf8))
        return Import(
            importKey: importKey, campaign: campaign,
            arms: stored.map { PastArm(name: $0.name, isControl: $0.isControl) }, nextChunk: nextChunk)
    }

    /// - Returns: false where the same import was opened at this moment by somebody else.
    static func open(
        importKey: String, _ campaign: Campaign, arms: [PastArm], in connection: PostgresConnection
    ) async throws -> Bool {
        try await CampaignStorage.insert(campaign, in: connection)
        let stored = try JSONEncoder().encode(arms.map { StoredArm(name: $0.name, isControl: $0.isControl) })
        let json = PostgresJSON(String(decoding: stored, as: UTF8.self))
        return try await connection.execute(
            """
            INSERT INTO campaign.past_import (import_key, campaign_id, arms, next_chunk)
            VALUES (\(importKey), \(campaign.id), \(json), 0) ON CONFLICT (import_key) DO NOTHING
            """) == 1
    }

    // MARK: Chunks

    static func reply(_ campaignID: Int64, chunk: Int64, in connection: PostgresConnection) async throws -> [UInt8]? {
        try await connection.query(
            "SELECT reply FROM campaign.past_chunk WHERE campaign_id = \(campaignID) AND chunk = \(chunk)"
        ).first?.decode([UInt8].self)
    }

    static func store(
        _ reply: [UInt8], _ campaignID: Int64, chunk: Int64, in connection: PostgresConnection
    ) async throws {
        _ = try await connection.pipeline([
            """
            INSERT INTO campaign.past_chunk (campaign_id, chunk, reply) VALUES (\(campaignID), \(chunk), \(reply))
            """,
            "UPDATE campaign.past_import SET next_chunk = \(chunk + 1) WHERE campaign_id = \(campaignID)",
        ])
    }

    // MARK: Contacts

    struct Customer: Sendable {
        var customerID: Int64
        var officePath: String
        var manager: String
    }

    /// The customers of identities within an office, in the order of the identities; nil where there is none.
    static func customers(
        _ identities: [(kind: String, value: String)], officePath: String, in connection: PostgresConnection
    ) async throws -> [Customer?] {
        let rows = try await connection.query(
            """
            SELECT i.place, c.customer_id, c.office_path, c.manager
            FROM unnest(\(identities.map(\.kind)), \(identities.map(\.value))) WITH ORDINALITY AS i(kind, value, place)
            JOIN profile.published_identity p ON p.kind = i.kind AND p.value = i.value
            JOIN profile.published_customer c ON c.partition = p.partition AND c.customer_id = p.customer_id
            WHERE starts_with(c.office_path, \(officePath))
            """)
        var customers = [Customer?](repeating: nil, count: identities.count)
        for row in rows {
            let (place, id, office, manager) = try row.decode((Int64, Int64, String, String).self)
            customers[Int(place) - 1] = Customer(customerID: id, officePath: office, manager: manager)
        }
        return customers
    }

    struct Contact: Sendable {
        var key: DedupeKey
        var isControl: Bool
        var moment: Date

        init(_ key: DedupeKey, _ arm: PastArm, at moment: Date) {
            self.key = key
            isControl = arm.isControl
            self.moment = moment
        }
    }

    /// Stores contacts as they were: sent, or held. They count for caps like any other.
    static func insert(
        _ contacts: [Contact], campaignVersion: Int64, now: Date, in connection: PostgresConnection
    ) async throws -> Set<DedupeKey> {
        guard !contacts.isEmpty else { return [] }
        let sorted = contacts.sorted {
            (LogPartition.of(customerID: $0.key.customerID), $0.key.customerID)
                < (LogPartition.of(customerID: $1.key.customerID), $1.key.customerID)
        }
        // Who counts the customer's contacts at this moment for a cap waits for these.
        let customers = sorted.map(\.key.customerID)
        _ = try await connection.pipeline([
            ContactStateStorage.makeStatement(customers), ContactStateStorage.lockStatement(customers),
        ])
        let rows = try await connection.query(
            """
            INSERT INTO campaign.contact (partition, customer_id, campaign_id, wave, channel, delivery_id,
                campaign_version, state, reason, decided_at, contacted_at, changed_at, due_at)
            SELECT i.partition, i.customer_id, i.campaign_id, i.wave, i.channel, nextval('campaign.delivery_id'),
                \(campaignVersion), CASE WHEN i.is_control THEN 'held' ELSE 'sent' END, '', i.moment,
                CASE WHEN i.is_control THEN NULL ELSE i.moment END, \(now), \(now)
            FROM unnest(\(sorted.map { LogPartition.of(customerID: $0.key.customerID) }),
                \(customers), \(sorted.map(\.key.campaignID)), \(sorted.map(\.key.wave)),
                \(sorted.map(\.key.channel)), \(sorted.map(\.isControl)), \(sorted.map(\.moment)))
                AS i(partition, customer_id, campaign_id, wave, channel, is_control, moment)
            ON CONFLICT (partition, customer_id, campaign_id, wave, channel) DO NOTHING
            RETURNING customer_id, campaign_id, wave, channel
            """)
        return Set(
            try rows.map { row in
                let (customerID, campaignID, wave, channel) = try row.decode((Int64, Int64, Int32, String).self)
                return DedupeKey(campaignID: campaignID, customerID: customerID, wave: wave, channel: channel)
            })
    }
}
