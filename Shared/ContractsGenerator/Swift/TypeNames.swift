/// Finds the Swift types of fields.
struct TypeNames {
    private var names: [String: String] = [:]
    private var firstValues: [String: String] = [:]

    init(_ contract: Contract) {
        for file in contract.files {
            let namespace = SwiftName.namespace(file.package)
            for message in file.messages { add(message, in: namespace) }
            for enumeration in file.enumerations { add(enumeration, in: namespace) }
        }
    }

    private mutating func add(_ message: ContractMessage, in scope: String) {
        let name = "\(scope).\(message.name)"
        names[message.fullName] = name
        for inner in message.messages { add(inner, in: name) }
        for enumeration in message.enumerations { add(enumeration, in: name) }
    }

    private mutating func add(_ enumeration: ContractEnumeration, in scope: String) {
        names[enumeration.fullName] = "\(scope).\(enumeration.name)"
        let first = enumeration.values.first?.name ?? ""
        let value = SwiftName.enumerationValue(first, of: enumeration.name)
        firstValues[enumeration.fullName] = value
    }

    /// The Swift type of a message or enumeration: `ProfileV1.Customer`.
    func swift(_ fullName: String) -> String {
        guard let name = names[fullName] else { preconditionFailure("\(fullName) is not in the contracts") }
        return name
    }

    /// The Swift type of one value of a field.
    func swift(_ field: ContractField) -> String {
        switch field.kind {
        case .double: "Double"
        case .float: "Float"
        case .int64, .sfixed64, .sint64: "Int64"
        case .uint64, .fixed64: "UInt64"
        case .int32, .sfixed32, .sint32: "Int32"
        case .uint32, .fixed32: "UInt32"
        case .bool: "Bool"
        case .string: "String"
        case .bytes: "[UInt8]"
        case .message, .enumeration: swift(field.typeName)
        }
    }

    func defaultValue(_ field: ContractField) -> String {
        switch field.kind {
        case .bool: "false"
        case .string: "\"\""
        case .bytes: "[]"
        case .message: "\(swift(field.typeName))()"
        case .enumeration: ".\(firstValues[field.typeName] ?? "unspecified")"
        default: "0"
        }
    }
}
