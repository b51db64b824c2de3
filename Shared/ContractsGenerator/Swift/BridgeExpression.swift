/// The expressions that copy one field between Swift and C.
enum BridgeExpression {
    /// Reads a field outside a oneof.
    static func reading(_ shape: FieldShape) -> String {
        let member = "source.pointee.\(shape.cMember)"
        switch shape.presence {
        case .message: return "reader.message(\(member))"
        case .repeated: return readingRepeated(shape, member)
        case .map(let entry): return readingMap(shape, entry, member)
        default: return reading(shape.field, member, shape)
        }
    }

    /// Reads the set member of a oneof.
    static func readingPresent(_ shape: FieldShape) -> String {
        reading(shape.field, "source.pointee.\(shape.cMember)", shape)
    }

    /// The statements that write a field outside a oneof.
    static func writing(_ shape: FieldShape) -> [String] {
        let member = "target.pointee.\(shape.cMember)"
        let property = "self.\(shape.property)"
        switch shape.presence {
        case .message:
            return ["\(member) = writer.message(\(property), \(CName.type(shape.field.typeName)).self)"]
        case .repeated, .map:
            return [
                "target.pointee.\(count(shape)) = \(property).count",
                "\(member) = \(writingRepeated(shape, property))",
            ]
        default:
            return ["\(member) = \(writing(shape.field, property, shape))"]
        }
    }

    /// Writes the `value` of the set member of a oneof.
    static func writingPresent(_ shape: FieldShape) -> String {
        writing(shape.field, "value", shape)
    }

    private static func count(_ shape: FieldShape) -> String {
        "n_\(CName.member(shape.field.name))"
    }

    private static func reading(_ field: ContractField, _ member: String, _ shape: FieldShape) -> String {
        switch field.kind {
        case .bool: "\(member) != 0"
        case .string: "reader.text(\(member), \"\(shape.fullName)\")"
        case .bytes: "reader.bytes(\(member))"
        case .enumeration: "\(shape.types.swift(field))(rawValue: Int32(truncatingIfNeeded: \(member).rawValue))"
        case .message: "reader.message(\(member)) ?? \(shape.types.swift(field))()"
        default: member
        }
    }

    private static func readingRepeated(_ shape: FieldShape, _ member: String) -> String {
        let count = "source.pointee.\(count(shape))"
        switch shape.field.kind {
        case .bool: return "reader.flags(\(member), \(count))"
        case .string: return "reader.texts(\(member), \(count), \"\(shape.fullName)\")"
        case .bytes: return "reader.byteArrays(\(member), \(count))"
        case .enumeration: return "reader.enumerations(\(member), \(count)) { .init(rawValue: $0) }"
        case .message: return "reader.messages(\(member), \(count))"
        default: return "reader.numbers(\(member), \(count))"
        }
    }

    private static func readingMap(_ shape: FieldShape, _ entry: ContractMessage, _ member: String) -> String {
        let key = reading(entry.fields[0], "entry.pointee.key", shape)
        let value = reading(entry.fields[1], "entry.pointee.value", shape)
        let reader = (key + value).contains("reader.") ? "reader" : "_"
        return "reader.map(\(member), source.pointee.\(count(shape))) { entry, \(reader) in (\(key), \(value)) }"
    }

    private static func writing(_ field: ContractField, _ value: String, _ shape: FieldShape) -> String {
        switch field.kind {
        case .bool: "\(value) ? 1 : 0"
        case .string: "writer.text(\(value), \"\(shape.fullName)\")"
        case .bytes: "writer.bytes(\(value))"
        case .enumeration: ".init(.init(truncatingIfNeeded: \(value).rawValue))"
        case .message: "writer.message(\(value), \(CName.type(field.typeName)).self)"
        default: value
        }
    }

    private static func writingRepeated(_ shape: FieldShape, _ property: String) -> String {
        let bound = "elementBound: \(shape.elementBound)"
        let type = CName.type(shape.field.typeName)
        if case .map(let entry) = shape.presence { return writingMap(shape, entry, property, bound) }
        switch shape.field.kind {
        case .bool: return "writer.flags(\(property), \(bound))"
        case .string: return "writer.texts(\(property), \(bound), \"\(shape.fullName)\")"
        case .bytes: return "writer.byteArrays(\(property), \(bound))"
        case .enumeration: return "writer.enumerations(\(property), \(bound), \(type).self)"
        case .message: return "writer.messages(\(property), \(bound), \(type).self)"
        default: return "writer.numbers(\(property), \(bound))"
        }
    }

    private static func writingMap(
        _ shape: FieldShape, _ entry: ContractMessage, _ property: String, _ bound: String
    ) -> String {
        let entryBound = entry.fields.reduce(0) { $0 + FieldShape($1, of: entry, types: shape.types).elementBound }
        let initializer = CName.initializer(entry.fullName)
        return """
            writer.map(\(property), \(bound)) { key, value, writer in
                let entry = writer.structure(\(initializer), byteBound: \(entryBound))
                entry.pointee.key = \(writing(entry.fields[0], "key", shape))
                entry.pointee.value = \(writing(entry.fields[1], "value", shape))
                return entry
            }
            """
    }
}
