internal import EventLog
internal import Postgres
internal import SegmentationDomain

/// What profile publishes beside its customers: the dictionary, the heads of its log, and who an identity belongs to.
enum ProfileReader {
    static func dictionary(in connection: PostgresConnection) async throws -> RuleDictionary {
        let versions = try await connection.query("SELECT version FROM profile.published_dictionary")
        let rows = try await connection.query("SELECT name, type FROM profile.published_trait")
        var traits: [String: RuleDictionary.TraitType] = [:]
        for row in rows {
            let (name, type) = try row.decode(String.self, Int16.self)
            // A type of a newer version cannot be compared yet; rules that name such a trait are refused.
            traits[name] = RuleDictionary.TraitType(rawValue: type)
        }
        return RuleDictionary(version: try versions.first?.decode(Int64.self) ?? 0, traits: traits)
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
