internal import CampaignDomain
internal import Foundation
internal import Postgres

/// The contact policy of the bank, version by version.
enum PolicyStorage {
    /// Makes the version that follows the one it is based on. Of two at once one meets the other's key.
    static func put(
        _ policy: ContactPolicy, after version: Int64, by user: String, at moment: Date,
        in connection: PostgresConnection
    ) async throws {
        let json = try StoredPolicy.encode(policy)
        try await connection.execute(
            """
            INSERT INTO campaign.contact_policy (version, policy, changed_by, changed_at)
            VALUES (\(version + 1), \(json), \(user), \(moment))
            """)
    }

    static let currentStatement: SQL =
        "SELECT version, policy FROM campaign.visible_contact_policy ORDER BY version DESC LIMIT 1"

    /// Version 0 stands for a bank that has not set any: no caps and no quiet hours.
    static func current(in connection: PostgresConnection) async throws -> (version: Int64, policy: ContactPolicy) {
        try current(try await connection.query(currentStatement))
    }

    static func current(_ rows: [PostgresRow]) throws -> (version: Int64, policy: ContactPolicy) {
        guard let row = rows.first else { return (0, ContactPolicy()) }
        return (try row.decode(0), try StoredPolicy.decode(try row.decode(1)))
    }
}

/// A policy as its version keeps it, apart from the domain's names, which may change.
private struct StoredPolicy: Codable {
    var caps: [StoredCap]
    var quietHours: [StoredQuietHours]

    struct StoredCap: Codable {
        var channel: String
        var contacts: Int
        var windowSeconds: Double
    }

    struct StoredQuietHours: Codable {
        var channel: String
        var fromMinute: Int
        var untilMinute: Int
    }

    static func encode(_ policy: ContactPolicy) throws -> PostgresJSON {
        let stored = StoredPolicy(
            caps: policy.caps.map { StoredCap(channel: $0.channel, contacts: $0.contacts, windowSeconds: $0.window) },
            quietHours: policy.quietHours.map {
                StoredQuietHours(channel: $0.channel, fromMinute: $0.fromMinute, untilMinute: $0.untilMinute)
            })
        return PostgresJSON(String(decoding: try JSONEncoder().encode(stored), as: UTF8.self))
    }

    static func decode(_ json: PostgresJSON) throws -> ContactPolicy {
        let stored = try JSONDecoder().decode(StoredPolicy.self, from: Data(json.text.utf8))
        return ContactPolicy(
            caps: stored.caps.map { Cap(channel: $0.channel, contacts: $0.contacts, window: $0.windowSeconds) },
            quietHours: stored.quietHours.map {
                QuietHours(channel: $0.channel, fromMinute: $0.fromMinute, untilMinute: $0.untilMinute)
            })
    }
}
