internal import Foundation
internal import Postgres
internal import ProfileDomain

/// Traits to be written to one customer; nil stands for unknown.
struct LocatedTraits: Sendable {
    var key: CustomerKey
    var values: [String: TraitValue?]
}

/// Current traits: one row per customer, one typed column per trait, provenance beside.
enum TraitStorage {
    /// Current values of these traits, as they are before a change.
    static func values(
        of keys: [CustomerKey], traits: [TraitDefinition], in connection: PostgresConnection
    ) async throws -> [Int64: [String: TraitValue]] {
        guard !keys.isEmpty, !traits.isEmpty else { return [:] }
        let columns = traits.map { trait -> SQL in "t.\(identifier: DictionaryStorage.column(of: trait.name))" }
        let rows = try await connection.query(
            """
            SELECT t.customer_id, \(SQL.joined(columns, separator: ", "))
            FROM unnest(\(keys.map(\.partition))::smallint[], \(keys.map(\.customerID))::bigint[])
                AS i(partition, customer_id)
            JOIN profile.customer_trait t ON t.partition = i.partition AND t.customer_id = i.customer_id
            """)
        var found: [Int64: [String: TraitValue]] = [:]
        for row in rows {
            var values: [String: TraitValue] = [:]
            for (index, trait) in traits.enumerated() {
                values[trait.name] = try value(in: row, at: index + 1, type: trait.type)
            }
            found[try row.decode(0, as: Int64.self)] = values
        }
        return found
    }

    static func value(in row: PostgresRow, at column: Int, type: TraitType) throws -> TraitValue? {
        switch type {
        case .text: try row.decode(column, as: String?.self).map(TraitValue.text)
        case .integer: try row.decode(column, as: Int64?.self).map(TraitValue.integer)
        case .decimal: try row.decode(column, as: Double?.self).map(TraitValue.decimal)
        case .flag: try row.decode(column, as: Bool?.self).map(TraitValue.flag)
        case .time: try row.decode(column, as: Date?.self).map(TraitValue.time)
        }
    }

    /// Writes traits of customers that all set the same traits, which is what a file's rows do; the others stay as they are.
    static func put(
        _ rows: [LocatedTraits], traits: [TraitDefinition], source: String, at moment: Date,
        in connection: PostgresConnection
    ) async throws {
        guard !rows.isEmpty, !traits.isEmpty else { return }
        if rows.count <= StagedCopy.statementRows {
            try await connection.execute(insert(rows, traits, provenanceText(traits, source, moment)))
        } else {
            try await copy(rows, traits: traits, source: source, at: moment, in: connection)
        }
    }

    /// The values come as one list for each column.
    private static func insert(_ rows: [LocatedTraits], _ traits: [TraitDefinition], _ provenance: String) -> SQL {
        let names = traits.map { DictionaryStorage.column(of: $0.name) }
        let columns = SQL.joined(names.map { name -> SQL in "\(identifier: name)" }, separator: ", ")
        let lists = SQL.joined(
            traits.map { trait in list(rows.map { $0.values[trait.name] ?? nil }, trait.type) }, separator: ", ")
        return """
            INSERT INTO profile.customer_trait (partition, customer_id, provenance, \(columns))
            SELECT i.partition, i.customer_id, \(PostgresJSON(provenance))::jsonb, \(columns)
            FROM unnest(\(rows.map(\.key.partition))::smallint[], \(rows.map(\.key.customerID))::bigint[], \(lists))
                AS i(partition, customer_id, \(columns))
            ORDER BY i.partition, i.customer_id
            ON CONFLICT (partition, customer_id) DO UPDATE SET
                provenance = customer_trait.provenance || excluded.provenance, \(updates(names))
            """
    }

    private static func list(_ values: [TraitValue?], _ type: TraitType) -> SQL {
        switch type {
        case .text:
            let list = values.map { value -> String? in if case .text(let text) = value { text } else { nil } }
            return "\(list)::text[]"
        case .integer:
            let list = values.map { value -> Int64? in if case .integer(let number) = value { number } else { nil } }
            return "\(list)::bigint[]"
        case .decimal:
            let list = values.map { value -> Double? in if case .decimal(let number) = value { number } else { nil } }
            return "\(list)::double precision[]"
        case .flag:
            let list = values.map { value -> Bool? in if case .flag(let flag) = value { flag } else { nil } }
            return "\(list)::boolean[]"
        case .time:
            let list = values.map { value -> Date? in if case .time(let time) = value { time } else { nil } }
            return "\(list)::timestamptz[]"
        }
    }

    private static func updates(_ names: [String]) -> SQL {
        SQL.joined(
            names.map { name -> SQL in "\(identifier: name) = excluded.\(identifier: name)" }, separator: ", ")
    }

    private static func copy(
        _ rows: [LocatedTraits], traits: [TraitDefinition], source: String, at moment: Date,
        in connection: PostgresConnection
    ) async throws {
        let names = traits.map { DictionaryStorage.column(of: $0.name) }
        let provenance = PostgresJSON(provenanceText(traits, source, moment))
        let merging: SQL = """
            ORDER BY partition, customer_id ON CONFLICT (partition, customer_id) DO UPDATE SET
                provenance = customer_trait.provenance || excluded.provenance, \(updates(names))
            """
        try await StagedCopy.run(
            into: "profile.customer_trait", columns: ["partition", "customer_id", "provenance"] + names, merging,
            in: connection
        ) { writer in
            for row in rows {
                var fields: [any PostgresEncodable] = [row.key.partition, row.key.customerID, provenance]
                for trait in traits { fields.append(encodable(row.values[trait.name] ?? nil, trait.type)) }
                try await writer.write(fields: fields)
            }
        }
    }

    /// COPY takes no other type than the column's, so an unknown value is a null of that type.
    private static func encodable(_ value: TraitValue?, _ type: TraitType) -> any PostgresEncodable {
        switch (value, type) {
        case (.text(let text), _): text
        case (.integer(let number), _): number
        case (.decimal(let number), _): number
        case (.flag(let flag), _): flag
        case (.time(let time), _): time
        case (nil, .text): String?.none
        case (nil, .integer): Int64?.none
        case (nil, .decimal): Double?.none
        case (nil, .flag): Bool?.none
        case (nil, .time): Date?.none
        }
    }

    /// {"trait": ["source", microseconds]} for each of the traits.
    private static func provenanceText(_ traits: [TraitDefinition], _ source: String, _ moment: Date) -> String {
        let origin = "[\(JSONText.quoted(source)),\(moment.microseconds)]"
        return "{" + traits.map { "\(JSONText.quoted($0.name)):\(origin)" }.joined(separator: ",") + "}"
    }
}
