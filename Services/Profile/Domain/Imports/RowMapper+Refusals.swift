extension RowMapper {
    /// The column of the file that a refusal of the profile service is about, whose field is a path in the row as it was
    /// sent. What is of no column, or of several, stays as it is.
    public func column(ofField field: String) -> String {
        let parts = field.split(separator: ".", maxSplits: 1).map(String.init)
        let column: String? =
            switch parts.first {
            case "office_path": column(of: mapping.office)
            case "manager": column(of: mapping.manager)
            case "identities[0]": column(of: mapping.customerNumber)
            case "events[0]": parts.count > 1 ? self.column(ofEventField: parts[1]) : nil
            case let part?: traitColumn(part)
            case nil: nil
            }
        return column ?? field
    }

    func column(ofEventField field: String) -> String? {
        switch field {
        case "event_id": column(of: mapping.event?.id)
        case "type": column(of: mapping.event?.type)
        case "occurred_at": column(of: mapping.event?.occurredAt)
        default: nil
        }
    }

    /// Every row is sent with all traits of the mapping, in the order of their names.
    private func traitColumn(_ part: String) -> String? {
        let names = mapping.traits.map(\.name)
        guard let index = names.indices.first(where: { part == "traits[\($0)]" }) else { return nil }
        return mapping.columns.first { _, column in
            if case .trait(let definition, _) = column.use { definition.name == names[index] } else { false }
        }?.key
    }
}
