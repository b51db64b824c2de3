internal import Foundation
internal import Postgres
internal import ProfileDomain

/// Reads one customer through the views that know the caller's office; run it in a transaction with the scope set.
enum CustomerReader {
    static func read(
        _ key: CustomerKey, dictionary: TraitDictionary, in connection: PostgresConnection
    ) async throws -> Customer? {
        let results = try await connection.pipeline([
            """
            SELECT office_path, manager, tags, created_at, suppressed FROM profile.visible_customer
            WHERE partition = \(key.partition) AND customer_id = \(key.customerID)
            """,
            """
            SELECT kind, value FROM profile.visible_identity
            WHERE partition = \(key.partition) AND customer_id = \(key.customerID) ORDER BY kind, value
            """,
            """
            SELECT purpose, channel, granted, valid_from, valid_until, source FROM profile.visible_consent
            WHERE partition = \(key.partition) AND customer_id = \(key.customerID) ORDER BY purpose, channel
            """,
        ])
        guard let row = results[0].first else { return nil }
        let (office, manager, tags, createdAt, suppressed) = try row.decode(
            String.self, String.self, [String].self, Date.self, Bool.self)
        return Customer(
            customerID: key.customerID, office: office, manager: manager,
            identities: try results[1].map { row in
                let (kind, value) = try row.decode(String.self, String.self)
                return Identity(trusted: kind, value)
            },
            traits: try await traits(key, dictionary.definitions, in: connection),
            consents: try results[2].map(consent), suppressed: suppressed, tags: tags, createdAt: createdAt)
    }

    private static func consent(_ row: PostgresRow) throws -> Consent {
        let (purpose, channel, granted, from, until, source) = try row.decode(
            String.self, String.self, Bool.self, Date.self, Date?.self, String.self)
        return Consent(
            trusted: purpose, channel: channel, granted: granted, validFrom: from, validUntil: until, source: source)
    }

    private static func traits(
        _ key: CustomerKey, _ definitions: [TraitDefinition], in connection: PostgresConnection
    ) async throws -> [String: TraitValue] {
        guard !definitions.isEmpty else { return [:] }
        let columns = definitions.map { trait -> SQL in "\(identifier: DictionaryStorage.column(of: trait.name))" }
        let rows = try await connection.query(
            """
            SELECT \(SQL.joined(columns, separator: ", ")) FROM profile.visible_trait
            WHERE partition = \(key.partition) AND customer_id = \(key.customerID)
            """)
        var values: [String: TraitValue] = [:]
        guard let row = rows.first else { return values }
        for (index, trait) in definitions.enumerated() {
            values[trait.name] = try TraitStorage.value(in: row, at: index, type: trait.type)
        }
        return values
    }

    /// The newest entries about a customer, newest first: as many as were asked for and take no more than so many bytes.
    ///
    /// The database cuts them, because as jsonb writes a number it may be many times longer than as it was sent.
    static func timeline(
        _ key: CustomerKey, limit: Int, bytes: Int, in connection: PostgresConnection
    ) async throws -> [TimelineEntry] {
        let rows = try await connection.query(
            """
            SELECT e.kind, e.subject, e.occurred_at, e.properties
            FROM (
                SELECT n.*, sum(\(TimelineEntry.bytesBesideTexts) + octet_length(n.subject) + octet_length(n.properties))
                    OVER (ORDER BY n.log_offset DESC) AS bytes
                FROM (
                    SELECT log_offset, kind, subject, occurred_at, coalesce(properties::text, '') AS properties
                    FROM profile.visible_entry
                    WHERE partition = \(key.partition) AND customer_id = \(key.customerID)
                    ORDER BY log_offset DESC LIMIT \(Int64(limit))
                ) AS n
            ) AS e
            WHERE e.bytes <= \(Int64(bytes))
            ORDER BY e.log_offset DESC
            """)
        return try rows.map { row in
            let (kind, subject, occurredAt, properties) = try row.decode(
                Int16.self, String.self, Date.self, String.self)
            return TimelineEntry(
                kind: EntryKind(rawValue: kind)?.word ?? "other", subject: subject, occurredAt: occurredAt,
                propertiesJSON: properties)
        }
    }
}

extension TimelineEntry {
    /// At least what an entry takes in a message besides its subject and its properties.
    fileprivate static var bytesBesideTexts: Int64 { 64 }
}
