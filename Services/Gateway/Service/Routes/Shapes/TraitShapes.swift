internal import Contracts

/// Traits of a customer and the dictionary that declares them.
enum TraitShapes {
    /// `{"age": 41, "city": "Suzhou", "churned": null}`; null makes a trait unknown.
    static let traits = JSONShape<[ProfileV1.Trait]>(
        schema: .map(
            .anyOf([value.schema, .null]),
            keys: .text(lengths: 1...48, pattern: TextForm.name.pattern, format: nil),
            countLimit: JSONReader.freeMemberLimit),
        read: { reader throws(JSONProblem) in
            var traits: [ProfileV1.Trait] = []
            try reader.readFreeMembers { (reader, key) throws(JSONProblem) in
                let name = key.text
                guard (1...48).contains(name.utf8.count), TextForm.name.fits(name) else {
                    throw JSONProblem(.outOfRange, "Name the trait with \(TextForm.name.description).")
                }
                if try reader.peek() == UInt8(ascii: "n") {
                    try reader.takeWord("null")
                    traits.append(ProfileV1.Trait(name: name))
                } else {
                    traits.append(ProfileV1.Trait(name: name, value: try value.read(&reader)))
                }
            }
            return traits
        },
        write: { traits, writer in
            writer.object { writer in
                for trait in traits {
                    writer.key(trait.name)
                    if let known = trait.value { value.write(known, &writer) } else { writer.null() }
                }
            }
        })

    /// Text, a number, true or false, or `{"time": "2026-03-02T09:30:00Z"}`.
    private static let value = JSONShape<ProfileV1.Trait.Value>(
        schema: .anyOf([text.schema, .number(nil), .flag, time.schema]),
        read: { reader throws(JSONProblem) in
            switch try reader.peek() {
            case UInt8(ascii: "\""): .text(try text.read(&reader))
            case UInt8(ascii: "t"), UInt8(ascii: "f"): .flag(try reader.readFlag())
            case UInt8(ascii: "{"): .timeMicros(try time.read(&reader))
            default: try number(&reader)
            }
        },
        write: { value, writer in
            switch value {
            case .text(let text): writer.text(text)
            case .integer(let integer): writer.integer(integer)
            case .decimal(let decimal): writer.double(decimal)
            case .flag(let flag): writer.flag(flag)
            case .timeMicros(let microseconds): time.write(microseconds, &writer)
            }
        })

    private static let text = JSONShape<String>.text(0...1_024, .anything)
    private static let time = JSONShape<Int64>.object("TraitTime", 0, [.required("time", \.self, .time)])

    /// A whole number where it is written as one and fits 64 bits, else a decimal.
    private static func number(_ reader: inout JSONReader) throws(JSONProblem) -> ProfileV1.Trait.Value {
        guard reader.isNumber(try reader.peek()) else { throw reader.wrongType("text, a number, true or false") }
        let scan = try reader.scanNumber()
        if scan.isWhole, let whole = Int64(String(decoding: reader.bytes[scan.range], as: UTF8.self)) {
            return .integer(whole)
        }
        return .decimal(try reader.double(scan.range))
    }

    static let definition = JSONShape<ProfileV1.TraitDefinition>.object(
        "TraitDefinition", ProfileV1.TraitDefinition(),
        [
            .required("name", \.name, .text(1...48, .name)),
            .required("type", \.type, type),
            .required("meaning", \.meaning, .text(1...400, .line)),
            .optional("source", \.source, .text(0...120, .anything)),
            .optional("refresh", \.refresh, .text(0...120, .anything)),
            .required("sensitivity", \.sensitivity, .names([("C1", .c1), ("C2", .c2), ("C3", .c3)])),
            .required("known", \.known, .names([("before", .before)])),
        ])

    private static let type = JSONShape<ProfileV1.TraitType>.names([
        ("text", .text), ("integer", .integer), ("decimal", .decimal), ("flag", .flag), ("time", .time),
    ])

    static let definitions = JSONShape<ProfileV1.DefineTraitsRequest>.object(
        "TraitDefinitions", ProfileV1.DefineTraitsRequest(),
        [.required("traits", \.traits, definition.array(1...500))])

    static let dictionaryVersion = JSONShape<ProfileV1.DefineTraitsResponse>.object(
        "DictionaryVersion", ProfileV1.DefineTraitsResponse(),
        [.required("dictionary_version", \.dictionaryVersion, .integer())])

    static let dictionary = JSONShape<ProfileV1.ListTraitsResponse>.object(
        "Dictionary", ProfileV1.ListTraitsResponse(),
        [
            .required("traits", \.traits, definition.array()),
            .required("dictionary_version", \.dictionaryVersion, .integer()),
        ])
}
