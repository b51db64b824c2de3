public import Foundation

/// Turns rows of a file into what is imported, by the mapping and the file's header.
public struct RowMapper: Sendable {
    public let mapping: ImportMapping
    private let indexOf: [String: Int]
    /// The columns as they stand in the file.
    private let columns: [(index: Int, name: String, use: ImportMapping.Use)]
    private let width: Int
    /// In which a plain day begins. The profile service tells the bank's; whether a mapping is right does not depend on it.
    public var zone = TimeZone.gmt

    /// Stands for the moment at which the import was opened, where nobody knows it: 0 on the wire.
    public static let fromOpening = Date(timeIntervalSince1970: 0)

    public init(_ mapping: ImportMapping, header: [String]) throws(FieldProblem) {
        try mapping.check(header: header)
        self.mapping = mapping
        indexOf = Dictionary(uniqueKeysWithValues: header.enumerated().map { ($0.element, $0.offset) })
        columns = header.enumerated().compactMap { index, name in
            mapping.columns[name].map { (index, name, $0.use) }
        }
        width = header.count
    }

    /// One row, checked, or what is wrong with it; the problem's field is the column.
    ///
    /// - Parameter consentsFrom: From when on a consent is valid of which the mapping does not say it.
    public func row(
        _ number: Int64, _ fields: [String], receivedAt: Date, consentsFrom: Date = fromOpening
    ) throws(FieldProblem) -> ImportRow {
        guard fields.count == width else {
            throw FieldProblem(
                field: "row", code: "width", reason: "The row has \(fields.count) fields where the header has \(width)."
            )
        }
        var identities = [try customerNumber(fields, number)]
        var traits: [String: TraitValue?] = [:]
        for (index, name, use) in columns {
            let text = fields[index]
            switch use {
            case .ignore, .property: continue
            case .identity(let kind):
                if text.isEmpty { continue }
                identities.append(
                    try at(name) { () throws(FieldProblem) in try Identity(kind: kind, value: text) })
            case .trait(let definition, let unknown):
                traits.updateValue(try trait(text, definition, unknown, name), forKey: definition.name)
            }
        }
        let manager = text(mapping.manager, fields, number)
        try at(mapping.manager, or: "manager") { () throws(FieldProblem) in try ImportRow.check(manager: manager) }
        return try ImportRow(
            rowNumber: number, identities: identities,
            office: try at(mapping.office, or: "office") { () throws(FieldProblem) in
                try Office(text(mapping.office, fields, number))
            },
            manager: manager, traits: traits,
            consents: try consents(fields, number, from: consentsFrom),
            events: try events(fields, number, receivedAt: receivedAt))
    }

    private func customerNumber(_ fields: [String], _ number: Int64) throws(FieldProblem) -> Identity {
        try at(mapping.customerNumber, or: "customer_number") { () throws(FieldProblem) in
            try Identity(kind: Identity.customerNumberKind, value: text(mapping.customerNumber, fields, number))
        }
    }

    /// The arm a customer was in, whether it converted, and the value of that in minor units of the campaign's currency.
    public func pastContact(
        _ past: PastCampaignMapping, _ number: Int64, _ fields: [String]
    ) throws(FieldProblem) -> (customerNumber: String, arm: String, converted: Bool, valueMinor: Int64) {
        guard let arm = field(past.armColumn, fields), let outcome = field(past.outcomeColumn, fields) else {
            throw FieldProblem(
                field: "past_campaign", code: "mapping", reason: "The file lacks a column of the campaign.")
        }
        guard past.arms.contains(arm) else {
            throw FieldProblem(field: past.armColumn, code: "arm", reason: "The mapping does not name this arm.")
        }
        let value = try past.valueColumn.map { column throws(FieldProblem) in
            try amount(field(column, fields) ?? "", column, past.currency)
        }
        let identity = try customerNumber(fields, number)
        return (identity.value, arm, outcome == past.outcomeEquals, value ?? 0)
    }

    /// An amount in the currency's own unit, as minor units; nothing counts as 0.
    private func amount(_ text: String, _ column: String, _ currency: String) throws(FieldProblem) -> Int64 {
        guard !text.isEmpty else { return 0 }
        guard let amount = ValueParser.decimal(text).flatMap({ Currency.minorUnits($0, of: currency) }) else {
            throw FieldProblem(
                field: column, code: "value",
                reason: "Give an amount of at most \(Int64(Currency.largestMinorUnits)) minor units of the currency, "
                    + "for example 12.50, or leave it empty.")
        }
        return amount
    }

    func field(_ column: String, _ fields: [String]) -> String? {
        indexOf[column].map { fields[$0] }
    }

    func text(_ origin: ImportMapping.Origin, _ fields: [String], _ number: Int64) -> String {
        switch origin {
        case .column(let name): field(name, fields) ?? ""
        case .constant(let text): text
        case .rowNumber: String(number)
        }
    }

    /// The column that a value comes from.
    func column(of origin: ImportMapping.Origin?) -> String? {
        if case .column(let name) = origin { name } else { nil }
    }

    static func noTime(_ field: String) -> FieldProblem {
        FieldProblem(field: field, code: "time", reason: "Write the time as 2026-03-02T10:00:00Z.")
    }

    /// Names the column in a problem of one of its values.
    func at<Value>(
        _ column: String, _ body: () throws(FieldProblem) -> Value
    ) throws(FieldProblem) -> Value {
        do throws(FieldProblem) {
            return try body()
        } catch {
            throw FieldProblem(field: column, code: error.code, reason: error.reason)
        }
    }

    /// The same for a value that the mapping takes from somewhere: where that is no column, the problem names the member.
    private func at<Value>(
        _ origin: ImportMapping.Origin, or member: String, _ body: () throws(FieldProblem) -> Value
    ) throws(FieldProblem) -> Value {
        try at(column(of: origin) ?? member, body)
    }

    private func trait(
        _ text: String, _ definition: TraitDefinition, _ unknown: Set<String>, _ column: String
    ) throws(FieldProblem) -> TraitValue? {
        if unknown.contains(text) { return nil }
        guard let value = ValueParser.value(text, definition.type, in: zone) else {
            throw FieldProblem(
                field: column, code: "trait_value",
                reason: "This column holds \(definition.type.word) values by the mapping.")
        }
        return try at(column) { () throws(FieldProblem) in try value.fitting(definition.type) }
    }

    private func events(
        _ fields: [String], _ number: Int64, receivedAt: Date
    ) throws(FieldProblem) -> [BehaviourEvent] {
        guard let event = mapping.event else { return [] }
        guard let moment = ValueParser.time(text(event.occurredAt, fields, number), in: zone) else {
            throw Self.noTime(column(of: event.occurredAt) ?? "event.occurred_at")
        }
        let properties = try properties(fields)
        do throws(FieldProblem) {
            return [
                try BehaviourEvent(
                    id: text(event.id, fields, number), type: text(event.type, fields, number), occurredAt: moment,
                    propertiesJSON: properties, receivedAt: receivedAt)
            ]
        } catch {
            throw FieldProblem(
                field: column(ofEventField: error.field) ?? "event.\(error.field)", code: error.code,
                reason: error.reason)
        }
    }

    private func properties(_ fields: [String]) throws(FieldProblem) -> String {
        var members: [String] = []
        for (index, name, use) in columns {
            guard case .property(let property, let type) = use else { continue }
            let text = fields[index]
            if text.isEmpty { continue }
            guard let value = ValueParser.value(text, type, in: zone), let json = JSONText.of(value) else {
                throw FieldProblem(
                    field: name, code: "property", reason: "This column holds \(type.word) values by the mapping.")
            }
            members.append("\(JSONText.quoted(property)):\(json)")
        }
        return members.isEmpty ? "" : "{" + members.joined(separator: ",") + "}"
    }
}
