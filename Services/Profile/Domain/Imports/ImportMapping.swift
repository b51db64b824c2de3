public import Foundation

/// How the columns of a file become customers, traits, identities, consents or events.
///
/// Every column of the file must be declared, with whether it is known before or after a contact; the format is described
/// in deploy/docs/import.md.
public struct ImportMapping: Sendable {
    public enum Rows: Sendable, Hashable {
        /// Each row is about a customer: traits, identities, consents.
        case customers
        /// Each row is one event of a customer.
        case events
    }

    /// Where a value of a row comes from.
    public enum Origin: Sendable, Hashable {
        case column(String)
        case constant(String)
        /// The number of the row in the file, from 1.
        case rowNumber
    }

    public enum Use: Sendable, Hashable {
        case ignore
        case identity(kind: String)
        case trait(TraitDefinition, unknown: Set<String>)
        case property(name: String, type: TraitType)
    }

    public struct Column: Sendable, Hashable {
        public var known: Known
        public var use: Use
    }

    /// A consent that rows give, all or those whose column has a certain value.
    public struct ConsentLine: Sendable, Hashable {
        public struct Condition: Sendable, Hashable {
            public var column: String
            public var equals: String
        }

        public var purpose: String
        public var channel: String
        public var granted: Bool
        public var when: Condition?
        /// nil: from when the import was opened on.
        public var validFrom: Origin?
        /// nil: without end.
        public var validUntil: Origin?
    }

    public struct EventLine: Sendable, Hashable {
        public var id: Origin
        public var type: Origin
        public var occurredAt: Origin
    }

    public var title: String
    public var source: String
    public var delimiter: Character
    public var rows: Rows
    public var customerNumber: Origin
    public var office: Origin
    public var manager: Origin
    public var columns: [String: Column]
    public var consents: [ConsentLine]
    public var event: EventLine?
    public var pastCampaign: PastCampaignMapping?

    /// The traits that the mapping declares.
    public var traits: [TraitDefinition] {
        columns.values.compactMap { column in
            if case .trait(let definition, _) = column.use { definition } else { nil }
        }
        .sorted { $0.name < $1.name }
    }

    /// Reads a mapping from JSON; the problem's field is the path of the key at fault.
    public init(json: Data) throws(FieldProblem) {
        guard let value = try? JSONSerialization.jsonObject(with: json) else {
            throw MappingReader.problem("", "The mapping is no JSON; check its commas and braces.")
        }
        var reader = try MappingReader(value, at: "")
        title = try reader.text("title")
        source = try Self.source(try reader.text("source"))
        delimiter = try Self.delimiter(reader.optionalText("delimiter") ?? ",")
        switch try reader.optionalText("rows") ?? "customers" {
        case "customers": rows = .customers
        case "events": rows = .events
        default: throw MappingReader.problem("rows", "Choose customers or events.")
        }
        customerNumber = try Self.origin(reader.object("customer_number"), "customer_number") {
            (number) throws(FieldProblem) in _ = try Identity(kind: Identity.customerNumberKind, value: number)
        }
        office =
            try reader.object("office").map { (one) throws(FieldProblem) in
                try Self.origin(one, "office") { (path) throws(FieldProblem) in _ = try Office(path) }
            } ?? .constant("/")
        manager =
            try reader.object("manager").map { (one) throws(FieldProblem) in
                try Self.origin(one, "manager") { (number) throws(FieldProblem) in
                    try ImportRow.check(manager: number)
                }
            } ?? .constant("")
        let event = try reader.object("event").map(Self.event)
        columns = try Self.columns(reader.object("columns"), source: source, hasEvent: event != nil)
        consents = try Self.consents(reader.objects("consents"))
        self.event = event
        pastCampaign = try reader.object("past_campaign").map(PastCampaignMapping.init)
        try reader.finish()
        guard rows == .customers || event != nil else {
            throw MappingReader.problem("event", "Say which columns hold id, type and time of the events.")
        }
    }

    /// Stops an import whose file and mapping do not agree: each column of the file is declared, each declared one is there.
    public func check(header: [String]) throws(FieldProblem) {
        for (index, name) in header.enumerated() where header[..<index].contains(name) {
            throw MappingReader.problem("columns.\(name)", "The file has two columns of this name; rename one.")
        }
        for name in header where columns[name] == nil {
            throw MappingReader.problem(
                "columns.\(name)",
                "The mapping does not declare this column; say whether it is known before or after a contact and what it is."
            )
        }
        let present = Set(header)
        for name in columns.keys.sorted() where !present.contains(name) {
            throw MappingReader.problem("columns.\(name)", "The file has no column of this name.")
        }
        for (field, name) in columnsUsed where !present.contains(name) {
            throw MappingReader.problem(field, "The file has no column \(name).")
        }
    }

    /// Every column that is named outside of `columns`, with the place in the mapping that names it.
    private var columnsUsed: [(field: String, name: String)] {
        var origins = [("customer_number", customerNumber), ("office", office), ("manager", manager)]
        if let event {
            origins += [("event.id", event.id), ("event.type", event.type), ("event.occurred_at", event.occurredAt)]
        }
        var used: [(field: String, name: String)] = origins.compactMap { field, origin in
            if case .column(let name) = origin { ("\(field).column", name) } else { nil }
        }
        for (index, line) in consents.enumerated() {
            if let when = line.when { used.append(("consents[\(index)].when.column", when.column)) }
            for (key, origin) in [("valid_from", line.validFrom), ("valid_until", line.validUntil)] {
                if case .column(let name) = origin { used.append(("consents[\(index)].\(key).column", name)) }
            }
        }
        return used + (pastCampaign?.columnsUsed ?? [])
    }

    private static func delimiter(_ text: String) throws(FieldProblem) -> Character {
        guard text.utf8.count == 1, let character = text.first, [",", ";", "\t", "|"].contains(character) else {
            throw MappingReader.problem("delimiter", "Choose a comma, a semicolon, a tab or a bar.")
        }
        return character
    }

    private static func source(_ text: String) throws(FieldProblem) -> String {
        guard Names.isValue(text, atMost: 120) else {
            throw MappingReader.problem("source", "Name the source in 1 to 120 characters.")
        }
        return text
    }

    /// - Parameter check: What a constant must hold to: it is the same in every row, so that its fault is the mapping's.
    static func origin(
        _ reader: MappingReader?, _ field: String, check: (String) throws(FieldProblem) -> Void = { _ in }
    ) throws(FieldProblem) -> Origin {
        guard var reader else {
            throw MappingReader.problem(field, "Say where it comes from: a column, a constant or the row number.")
        }
        let column = try reader.optionalText("column")
        let constant = try reader.optionalText("constant")
        let rowNumber = try reader.flag("row_number")
        try reader.finish()
        switch (column, constant, rowNumber) {
        case (let column?, nil, false): return .column(column)
        case (nil, let constant?, false):
            do throws(FieldProblem) {
                try check(constant)
            } catch {
                throw MappingReader.problem("\(field).constant", error.reason)
            }
            return .constant(constant)
        case (nil, nil, true): return .rowNumber
        default: throw MappingReader.problem(field, "Give exactly one of column, constant and row_number.")
        }
    }

    private static func event(_ reader: MappingReader) throws(FieldProblem) -> EventLine {
        var reader = reader
        let line = EventLine(
            id: try origin(reader.object("id"), "event.id"),
            type: try origin(reader.object("type"), "event.type") { (type) throws(FieldProblem) in
                try BehaviourEvent.check(type: type)
            },
            occurredAt: try origin(reader.object("occurred_at"), "event.occurred_at") { (text) throws(FieldProblem) in
                guard ValueParser.time(text, in: .gmt) != nil else { throw RowMapper.noTime("occurred_at") }
            })
        try reader.finish()
        return line
    }
}
