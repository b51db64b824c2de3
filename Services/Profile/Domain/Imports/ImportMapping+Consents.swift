private import Foundation

extension ImportMapping {
    static func consents(_ readers: [MappingReader]) throws(FieldProblem) -> [ConsentLine] {
        var lines: [ConsentLine] = []
        for var reader in readers {
            var line = ConsentLine(
                purpose: try reader.text("purpose"), channel: try reader.text("channel"),
                granted: try reader.requiredFlag("granted"))
            if var when = try reader.object("when") {
                line.when = ConsentLine.Condition(column: try when.text("column"), equals: try when.text("equals"))
                try when.finish()
            }
            line.validFrom = try moment("valid_from", &reader)
            line.validUntil = try moment("valid_until", &reader)
            try reader.finish()
            let (purpose, channel) = (line.purpose, line.channel)
            _ = try reader.checked { () throws(FieldProblem) in
                try Consent(
                    purpose: purpose, channel: channel, granted: true, validFrom: RowMapper.fromOpening,
                    validUntil: nil, source: "")
            }
            lines.append(line)
        }
        return lines
    }

    /// A column with times, or one time for all rows.
    private static func moment(_ key: String, _ reader: inout MappingReader) throws(FieldProblem) -> Origin? {
        let place = reader.place(key)
        guard let object = try reader.object(key) else { return nil }
        let origin = try origin(object, place) { (text) throws(FieldProblem) in
            guard !text.isEmpty else { throw RowMapper.noTime(key) }
            _ = try RowMapper.consentTime(text, key, in: .gmt)
        }
        guard origin != .rowNumber else {
            throw MappingReader.problem(place, "Give exactly one of column and constant.")
        }
        return origin
    }
}
