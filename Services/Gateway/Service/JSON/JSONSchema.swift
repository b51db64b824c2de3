/// What a JSON value may be, as far as JSON Schema 2020-12 can say it. Made beside the code that reads and writes the
/// value, so that the published document cannot say anything else.
indirect enum JSONSchema: Sendable {
    case text(lengths: ClosedRange<Int>, pattern: String?, format: String?)
    case oneOfTexts([String])
    case integer(ClosedRange<Int64>)
    case number(ClosedRange<Double>?)
    case flag
    case array(JSONSchema, counts: ClosedRange<Int>)
    /// An object with declared members and no others; of the lists in `oneFilled` at least one has an element.
    case object(members: [Member], oneFilled: [String] = [])
    /// An object whose keys are the sender's own.
    case map(JSONSchema, keys: JSONSchema, countLimit: Int)
    /// An object of which only the length is bounded, and that holds no character which cannot be stored.
    case freeObject
    /// Any JSON value within a free object.
    case freeValue
    case anyOf([JSONSchema])
    case null
    /// A schema that the document lists by name.
    case named(String, JSONSchema)
    /// A named schema within itself.
    case reference(String)
    case described(String, JSONSchema)

    static let anyText = JSONSchema.text(lengths: 0...Int.max, pattern: nil, format: nil)

    struct Member: Sendable {
        let name: String
        let schema: JSONSchema
        let isRequired: Bool
    }
}

extension JSONSchema {
    /// Writes the schema; a named one becomes a reference and is added to `named`.
    func write(to writer: inout JSONWriter, named: inout [String: JSONSchema]) {
        if case .named(let name, let schema) = self {
            if named[name] == nil {
                named[name] = schema
                // Written to nowhere, so that the named schemas within it are found too.
                var nowhere = JSONWriter()
                schema.write(to: &nowhere, named: &named)
            }
            return JSONSchema.reference(name).write(to: &writer, named: &named)
        }
        var found = named
        writer.object { writer in writeKeywords(to: &writer, named: &found) }
        named = found
    }

    private func writeKeywords(to writer: inout JSONWriter, named: inout [String: JSONSchema]) {
        switch self {
        case .text(let lengths, let pattern, let format):
            writer.member("type", "string")
            if lengths.lowerBound > 0 { writer.member("minLength", lengths.lowerBound) }
            if lengths.upperBound < .max { writer.member("maxLength", lengths.upperBound) }
            if let pattern { writer.member("pattern", pattern) }
            if let format { writer.member("format", format) }
        case .oneOfTexts(let texts):
            writer.member("type", "string")
            writer.key("enum")
            writer.array { writer in for text in texts { writer.text(text) } }
        case .integer(let range):
            writer.member("type", "integer")
            writer.member("format", "int64")
            writer.key("minimum")
            writer.integer(range.lowerBound)
            writer.key("maximum")
            writer.integer(range.upperBound)
        case .number(let range):
            writer.member("type", "number")
            if let range {
                writer.key("minimum")
                writer.double(range.lowerBound)
                writer.key("maximum")
                writer.double(range.upperBound)
            }
        case .flag: writer.member("type", "boolean")
        case .null: writer.member("type", "null")
        case .array, .object, .map, .freeObject, .freeValue: writeStructure(to: &writer, named: &named)
        case .anyOf(let choices):
            writer.key("anyOf")
            var found = named
            writer.array { writer in
                for choice in choices { choice.write(to: &writer, named: &found) }
            }
            named = found
        case .described(let description, let schema):
            writer.member("description", description)
            if case .named = schema {
                writer.key("allOf")
                var found = named
                writer.array { writer in schema.write(to: &writer, named: &found) }
                named = found
            } else {
                schema.writeKeywords(to: &writer, named: &named)
            }
        case .reference(let name): writer.member("$ref", "#/components/schemas/\(name)")
        case .named: break
        }
    }

    private func writeStructure(to writer: inout JSONWriter, named: inout [String: JSONSchema]) {
        switch self {
        case .array(let element, let counts):
            writer.member("type", "array")
            if counts.lowerBound > 0 { writer.member("minItems", counts.lowerBound) }
            if counts.upperBound < .max { writer.member("maxItems", counts.upperBound) }
            writer.key("items")
            element.write(to: &writer, named: &named)
        case .object(let members, let oneFilled):
            writer.member("type", "object")
            writer.key("additionalProperties")
            writer.flag(false)
            let required = members.filter(\.isRequired)
            if !required.isEmpty {
                writer.key("required")
                writer.array { writer in for member in required { writer.text(member.name) } }
            }
            writer.key("properties")
            var found = named
            writer.object { writer in
                for member in members {
                    writer.key(member.name)
                    member.schema.write(to: &writer, named: &found)
                }
            }
            named = found
            writeOneFilled(oneFilled, to: &writer)
        case .map(let value, let keys, let countLimit):
            writer.member("type", "object")
            if countLimit < .max { writer.member("maxProperties", countLimit) }
            writer.key("propertyNames")
            keys.write(to: &writer, named: &named)
            writer.key("additionalProperties")
            value.write(to: &writer, named: &named)
        case .freeObject: Self.writeFreeObject(to: &writer, named: &named)
        default: Self.writeFreeValue(to: &writer, named: &named)
        }
    }

    private func writeOneFilled(_ lists: [String], to writer: inout JSONWriter) {
        guard !lists.isEmpty else { return }
        writer.key("anyOf")
        writer.array { writer in
            for list in lists {
                writer.object { writer in
                    writer.key("required")
                    writer.array { writer in writer.text(list) }
                    writer.key("properties")
                    writer.object { writer in
                        writer.key(list)
                        writer.object { writer in writer.member("minItems", 1) }
                    }
                }
            }
        }
    }

    private static let storableText = JSONSchema.text(
        lengths: 0...Int.max, pattern: TextForm.anything.pattern, format: nil)

    private static func writeFreeObject(to writer: inout JSONWriter, named: inout [String: JSONSchema]) {
        writer.member("type", "object")
        writer.key("propertyNames")
        storableText.write(to: &writer, named: &named)
        writer.key("additionalProperties")
        writeFreeReference(to: &writer, named: &named)
    }

    private static func writeFreeValue(to writer: inout JSONWriter, named: inout [String: JSONSchema]) {
        var found = named
        writer.key("anyOf")
        writer.array { writer in
            for schema in [storableText, .number(nil), .flag, .null, .freeObject] {
                schema.write(to: &writer, named: &found)
            }
            writer.object { writer in
                writer.member("type", "array")
                writer.key("items")
                writeFreeReference(to: &writer, named: &found)
            }
        }
        named = found
    }

    /// By name, because it holds itself.
    private static func writeFreeReference(to writer: inout JSONWriter, named: inout [String: JSONSchema]) {
        named["FreeValue"] = .freeValue
        JSONSchema.reference("FreeValue").write(to: &writer, named: &named)
    }
}

extension JSONWriter {
    mutating func member(_ name: String, _ value: String) {
        key(name)
        text(value)
    }

    mutating func member(_ name: String, _ value: Int) {
        key(name)
        integer(Int64(value))
    }
}
