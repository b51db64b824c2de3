internal import Foundation

extension RowMapper {
    /// The consents of a row.
    ///
    /// - Parameter opening: From when on those are valid of which neither the mapping nor the row says it.
    func consents(_ fields: [String], _ number: Int64, from opening: Date) throws(FieldProblem) -> [Consent] {
        var consents: [Consent] = []
        for line in mapping.consents {
            if let when = line.when, field(when.column, fields) != when.equals { continue }
            let from = try moment(line.validFrom, fields, number)
            let until = try moment(line.validUntil, fields, number)
            // Purpose, channel and source were checked with the mapping: what remains is the end.
            let place = column(of: line.validUntil) ?? column(of: line.validFrom) ?? "consents"
            consents.append(
                try at(place) { () throws(FieldProblem) in
                    try Consent(
                        purpose: line.purpose, channel: line.channel, granted: line.granted, validFrom: from ?? opening,
                        validUntil: until, source: mapping.source)
                })
        }
        return consents
    }

    /// nil where nothing is said: the mapping names no origin, or the field is empty.
    private func moment(
        _ origin: ImportMapping.Origin?, _ fields: [String], _ number: Int64
    ) throws(FieldProblem) -> Date? {
        guard let origin else { return nil }
        let text = text(origin, fields, number)
        return text.isEmpty ? nil : try Self.consentTime(text, column(of: origin) ?? "consents", in: zone)
    }

    /// When a consent begins or ends. The first moment of 1970 means "not said" on the wire, and whoever writes it means
    /// that too; taken for an end it would be a consent without one.
    static func consentTime(_ text: String, _ field: String, in zone: TimeZone) throws(FieldProblem) -> Date {
        guard let moment = ValueParser.time(text, in: zone) else { throw noTime(field) }
        guard moment != Date(timeIntervalSince1970: 0) else {
            throw FieldProblem(
                field: field, code: "time",
                reason: "The first moment of 1970 is no time of a consent; leave the field empty where it is not known."
            )
        }
        return moment
    }
}
