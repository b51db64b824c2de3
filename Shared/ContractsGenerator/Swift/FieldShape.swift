/// How one field of a message appears in Swift and in C.
struct FieldShape {
    enum Presence: Equatable {
        /// Always there; a default value is not sent.
        case implicit
        /// A message field outside a oneof, absent or present.
        case message
        case repeated
        /// A map with this entry message.
        case map(ContractMessage)
        /// The single member of a oneof: an optional property.
        case optional(oneof: String)
        /// One of several members of a oneof.
        case member(oneof: String)
    }

    let field: ContractField
    let presence: Presence
    /// Of the oneof that the field belongs to.
    let oneofComment: String
    /// For errors that name it: `zhike.profile.v1.Customer.name`.
    let fullName: String
    let types: TypeNames

    init(_ field: ContractField, of message: ContractMessage, types: TypeNames) {
        self.field = field
        self.types = types
        fullName = "\(message.fullName).\(field.name)"
        if let index = field.oneofIndex {
            let oneof = message.oneofs[index]
            let isSingle = message.fields.count { $0.oneofIndex == index } == 1
            presence = isSingle ? .optional(oneof: oneof.name) : .member(oneof: oneof.name)
            oneofComment = oneof.comment
            return
        }
        oneofComment = ""
        if field.isRepeated {
            let entry = message.messages.first { $0.isMapEntry && $0.fullName == field.typeName }
            presence = entry.map { .map($0) } ?? .repeated
        } else {
            presence = field.kind == .message ? .message : .implicit
        }
    }

    var property: String { SwiftName.property(field.name) }
    var cMember: String { SwiftName.escapedMember(CName.member(field.name)) }

    /// The type of one value, such as `Int64` or `ProfileV1.Trait`.
    var elementType: String { types.swift(field) }

    /// The type of the property.
    var propertyType: String {
        switch presence {
        case .implicit, .member: elementType
        case .message, .optional: "\(elementType)?"
        case .repeated: "[\(elementType)]"
        case .map(let entry): "[\(types.swift(entry.fields[0])): \(types.swift(entry.fields[1]))]"
        }
    }

    var defaultValue: String {
        switch presence {
        case .implicit, .member: types.defaultValue(field)
        case .message, .optional: "nil"
        case .repeated: "[]"
        case .map: "[:]"
        }
    }

    /// What one element takes at most when packed, except for the content of text, bytes and messages: tag, length
    /// and the longest number of its kind.
    var elementBound: Int {
        // Tags hold the number above three bits of wire type, seven bits to a byte.
        let tagBound = ((64 - (field.number << 3).leadingZeroBitCount) + 6) / 7
        return tagBound + field.kind.valueBound
    }
}

extension FieldKind {
    /// The longest packed form in bytes; of text, bytes and messages the length before them.
    var valueBound: Int {
        switch self {
        // A negative number takes ten bytes whatever its type.
        case .int32, .int64, .uint64, .sint64, .enumeration: 10
        case .uint32, .sint32, .string, .bytes, .message: 5
        case .fixed64, .sfixed64, .double: 8
        case .fixed32, .sfixed32, .float: 4
        case .bool: 1
        }
    }
}
