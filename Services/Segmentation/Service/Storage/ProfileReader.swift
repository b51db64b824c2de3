internal import EventLog
internal import Foundation
internal import Postgres
internal import SegmentationDomain

/// What profile publishes beside its customers: the dictionary, the heads of its log, and who an identity belongs to.
enum ProfileReader {
    /// C2: profile shows traits up to here to whoever may see the customer.
    private static let highestShown: Int16 = 2

    /// - Parameter zone: the bank's.
    static func dictionary(zone: TimeZone, in connection: PostgresConnection) async throws -> RuleDictionary {
        let versions = try await connection.query("SELECT version FROM profile.published_dictionary")
        let rows = try await connection.query("SELECT name, type, sensitivity FROM profile.published_trait")
        var traits: [String: RuleDictionary.TraitType] = [:]
        var hidden: Set<String> = []
        for row in rows {
            let (name, type, sensitivity) = try row.decode(String.self, Int16.self, Int16.self)
            // A type of a newer version cannot be compared yet; rules that name such a trait are refused.
            traits[name] = RuleDictionary.TraitType(rawValue: type)
            // So is a sensitivity of a newer version held to be the highest.
            if sensitivity > highestShown { hidden.insert(name) }
        }
        return RuleDictionary(
            version: try versions.first?.decode(Int64.self) ?? 0, traits: traits, hiddenTraits: hidden, zone: zone)
    }

    /// The last offset of each partition, from partition 0 on.
    static func logHeads(in connection: PostgresConnection) async throws -> [Int64] {
        let position = try await LogHeads.read(schema: "profile", in: connection)
        return LogPartition.all.map { position[$0] }
    }

    static func customer(
        kind: String, value: String, in connection: PostgresConnection
    ) async throws -> Member.Key? {
        let rows = try await connection.query(
            """
            SELECT partition, customer_id FROM profile.published_identity
            WHERE kind = \(kind) AND value = \(value) LIMIT 1
            """)
        return try rows.first.map { row in
            let (partition, customerID) = try row.decode(Int16.self, Int64.self)
            return Member.Key(partition: partition, customerID: customerID)
        }
    }
}
