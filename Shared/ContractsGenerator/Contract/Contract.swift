/// The contracts as protoc understood them, without anything of protobuf-c.
struct Contract: Equatable {
    var files: [ContractFile]

    /// Every message of every file, the outer before the inner.
    var messages: [ContractMessage] {
        files.flatMap { $0.messages.flatMap(\.withNested) }
    }
}

struct ContractFile: Equatable {
    /// Path below the root of the contracts, such as `zhike/profile/v1/profile.proto`.
    var path: String
    var package: String
    var messages: [ContractMessage] = []
    var enumerations: [ContractEnumeration] = []
    var services: [ContractService] = []
}

struct ContractMessage: Equatable {
    var name: String
    /// With the package, such as `zhike.profile.v1.Customer`.
    var fullName: String
    var comment = ""
    var fields: [ContractField] = []
    /// A field says by index to which it belongs.
    var oneofs: [ContractOneof] = []
    var messages: [ContractMessage] = []
    var enumerations: [ContractEnumeration] = []
    /// Made by protoc for a map field; never seen in Swift.
    var isMapEntry = false

    var withNested: [ContractMessage] {
        [self] + messages.flatMap(\.withNested)
    }
}

struct ContractOneof: Equatable {
    var name: String
    var comment = ""
}

struct ContractField: Equatable {
    var name: String
    var number: Int
    var kind: FieldKind
    /// Full name of the message or enumeration, for those kinds.
    var typeName = ""
    var isRepeated = false
    var oneofIndex: Int?
    var comment = ""
}

/// The kinds of a field, with the numbers of descriptor.proto.
enum FieldKind: Int, CaseIterable {
    case double = 1
    case float = 2
    case int64 = 3
    case uint64 = 4
    case int32 = 5
    case fixed64 = 6
    case fixed32 = 7
    case bool = 8
    case string = 9
    case message = 11
    case bytes = 12
    case uint32 = 13
    case enumeration = 14
    case sfixed32 = 15
    case sfixed64 = 16
    case sint32 = 17
    case sint64 = 18
}

struct ContractEnumeration: Equatable {
    struct Value: Equatable {
        var name: String
        var number: Int
        var comment = ""
    }

    var name: String
    var fullName: String
    var comment = ""
    var values: [Value] = []
}

struct ContractService: Equatable {
    struct Method: Equatable {
        /// What repeating a call does, with the numbers of descriptor.proto.
        enum Idempotency: Int {
            case unknown = 0
            case noSideEffects = 1
            case idempotent = 2
        }

        var name: String
        var input: String
        var output: String
        var idempotency = Idempotency.unknown
        var comment = ""
    }

    var name: String
    var fullName: String
    var comment = ""
    var methods: [Method] = []
}
