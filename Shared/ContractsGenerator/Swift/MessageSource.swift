/// Writes the Swift values of a file's messages and enumerations.
struct MessageSource {
    let types: TypeNames

    func write(_ file: ContractFile, to source: inout SourceText) {
        source.line("public import ProtobufC")
        source.line()
        source.block("extension \(SwiftName.namespace(file.package))") { source in
            var isFirst = true
            for message in file.messages {
                if !isFirst { source.line() }
                isFirst = false
                write(message, to: &source)
            }
            for enumeration in file.enumerations {
                if !isFirst { source.line() }
                isFirst = false
                EnumerationSource.write(enumeration, to: &source)
            }
        }
    }

    private func write(_ message: ContractMessage, to source: inout SourceText) {
        let shapes = message.fields.map { FieldShape($0, of: message, types: types) }
        source.documentation(message.comment)
        source.block("public struct \(message.name): ProtobufMessage") { source in
            source.line("public static let protobufName = \"\(message.fullName)\"")
            source.line()
            for property in Property.all(of: shapes) {
                source.documentation(property.comment)
                source.line("public var \(SwiftName.escaped(property.name)): \(property.type) = \(property.initial)")
            }
            source.line()
            source.line("public init() {}")
            writeInitializer(Property.all(of: shapes), to: &source)
            for oneof in message.oneofs { writeOneof(oneof.name, shapes, to: &source) }
            for inner in message.messages where !inner.isMapEntry {
                source.line()
                write(inner, to: &source)
            }
            for enumeration in message.enumerations {
                source.line()
                EnumerationSource.write(enumeration, to: &source)
            }
        }
    }

    private func writeInitializer(_ properties: [Property], to source: inout SourceText) {
        guard !properties.isEmpty else { return }
        source.line()
        source.line("public init(")
        source.indented { source in
            for (index, property) in properties.enumerated() {
                let comma = index == properties.count - 1 ? "" : ","
                source.line("\(SwiftName.escaped(property.name)): \(property.type) = \(property.initial)\(comma)")
            }
        }
        source.block(")") { source in
            for property in properties {
                source.line("self.\(property.name) = \(SwiftName.escaped(property.name))")
            }
        }
    }

    /// The enumeration of a oneof with several members.
    private func writeOneof(_ name: String, _ shapes: [FieldShape], to source: inout SourceText) {
        let members = shapes.filter { $0.presence == .member(oneof: name) }
        guard !members.isEmpty else { return }
        source.line()
        source.line("/// What `\(SwiftName.property(name))` holds.")
        source.block("public enum \(SwiftName.oneofType(name)): Sendable, Hashable") { source in
            for member in members {
                source.documentation(member.field.comment)
                source.line("case \(SwiftName.escaped(member.property))(\(member.elementType))")
            }
        }
    }
}

/// One stored property of a generated struct: a field, or a oneof with several members.
struct Property {
    let name: String
    let type: String
    let initial: String
    let comment: String

    /// In the order of the fields; a oneof stands where its first member stands.
    static func all(of shapes: [FieldShape]) -> [Property] {
        var seen: Set<String> = []
        return shapes.compactMap { shape in
            guard case .member(let oneof) = shape.presence else {
                return Property(
                    name: shape.property, type: shape.propertyType, initial: shape.defaultValue,
                    comment: shape.field.comment.isEmpty ? shape.oneofComment : shape.field.comment)
            }
            guard seen.insert(oneof).inserted else { return nil }
            return Property(
                name: SwiftName.property(oneof), type: "\(SwiftName.oneofType(oneof))?", initial: "nil",
                comment: shape.oneofComment)
        }
    }
}
