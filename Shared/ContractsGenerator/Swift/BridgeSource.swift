/// Writes how messages are copied from and to the structures of protoc-c.
struct BridgeSource {
    let types: TypeNames

    func write(_ file: ContractFile, to source: inout SourceText) {
        source.line("internal import CContracts")
        source.line("public import ProtobufC")
        for message in file.messages.flatMap(\.withNested) where !message.isMapEntry {
            source.line()
            write(message, to: &source)
        }
    }

    private func write(_ message: ContractMessage, to source: inout SourceText) {
        let shapes = message.fields.map { FieldShape($0, of: message, types: types) }
        source.block("extension \(types.swift(message.fullName))") { source in
            let initializer = CName.initializer(message.fullName)
            source.line("public static let protobufDescriptor = ProtobufDescriptor(of: \(initializer))")
            source.line()
            writeReading(message, shapes, to: &source)
            source.line()
            writeWriting(message, shapes, to: &source)
        }
    }

    /// One call of the initializer that takes all: set one by one, the fields would be copied once more at the end.
    private func writeReading(_ message: ContractMessage, _ shapes: [FieldShape], to source: inout SourceText) {
        source.block("public init(reading source: UnsafeRawPointer, with reader: inout ProtobufReader)") { source in
            guard !shapes.isEmpty else { return source.line("self.init()") }
            source.line("let source = source.assumingMemoryBound(to: \(CName.type(message.fullName)).self)")
            for oneof in message.oneofs { writeReading(ofOneof: oneof.name, shapes, to: &source) }
            let properties = Property.all(of: shapes)
            source.line("self.init(")
            source.indented { source in
                for (index, property) in properties.enumerated() {
                    let end = index == properties.count - 1 ? ")" : ","
                    source.line("\(property.name): \(reading(property, shapes))\(end)")
                }
            }
        }
    }

    private func reading(_ property: Property, _ shapes: [FieldShape]) -> String {
        let field = shapes.first { !$0.isOneofMember && $0.property == property.name }
        return field.map(BridgeExpression.reading) ?? Self.local(property.name)
    }

    /// Where the value of a oneof is kept until all is read; a name that hides nothing.
    private static func local(_ property: String) -> String { "\(property)OfOneof" }

    private func writeReading(ofOneof oneof: String, _ shapes: [FieldShape], to source: inout SourceText) {
        let members = shapes.filter { $0.oneof == oneof }
        guard let first = members.first, let property = Property.all(of: members).first else { return }
        let isField = first.presence == .optional(oneof: oneof)
        let caseMember = SwiftName.escapedMember(CName.caseMember(oneof))
        source.line("let \(Self.local(property.name)): \(property.type) =")
        source.indented { source in
            source.block("switch source.pointee.\(caseMember).rawValue") { source in
                for member in members {
                    let value = BridgeExpression.readingPresent(member)
                    let number = member.field.number
                    source.line("case \(number): \(isField ? value : ".\(member.property)(\(value))")")
                }
                source.line("default: nil")
            }
        }
    }

    private func writeWriting(_ message: ContractMessage, _ shapes: [FieldShape], to source: inout SourceText) {
        source.block("public func write(with writer: inout ProtobufWriter) -> UnsafeMutableRawPointer") { source in
            // Repeated fields add to the bound by themselves.
            let bound = shapes.reduce(0) { $0 + ($1.isSingle ? $1.elementBound : 0) }
            let initializer = CName.initializer(message.fullName)
            source.line("let target = writer.structure(\(initializer), byteBound: \(bound))")
            for shape in shapes where !shape.isOneofMember {
                for line in BridgeExpression.writing(shape) { source.line(line) }
            }
            for oneof in message.oneofs { writeWriting(ofOneof: oneof.name, shapes, to: &source) }
            source.line("return UnsafeMutableRawPointer(target)")
        }
    }

    private func writeWriting(ofOneof oneof: String, _ shapes: [FieldShape], to source: inout SourceText) {
        let members = shapes.filter { $0.oneof == oneof }
        let caseMember = SwiftName.escapedMember(CName.caseMember(oneof))
        if members.count == 1 {
            let member = members[0]
            source.block("if let value = self.\(member.property)") { source in
                source.line("target.pointee.\(caseMember) = .init(\(member.field.number))")
                source.line("target.pointee.\(member.cMember) = \(BridgeExpression.writingPresent(member))")
            }
            return
        }
        source.block("switch self.\(SwiftName.property(oneof))") { source in
            for member in members {
                source.line("case .\(member.property)(let value):")
                source.indented { source in
                    source.line("target.pointee.\(caseMember) = .init(\(member.field.number))")
                    source.line("target.pointee.\(member.cMember) = \(BridgeExpression.writingPresent(member))")
                }
            }
            source.line("case nil: break")
        }
    }
}

extension FieldShape {
    /// The oneof that the field belongs to.
    fileprivate var oneof: String? {
        switch presence {
        case .optional(let oneof), .member(let oneof): oneof
        default: nil
        }
    }

    fileprivate var isOneofMember: Bool { oneof != nil }

    fileprivate var isSingle: Bool {
        switch presence {
        case .repeated, .map: false
        default: true
        }
    }
}
