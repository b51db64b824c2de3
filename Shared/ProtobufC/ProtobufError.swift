/// Why bytes could not become a message, or a message could not become bytes.
public struct ProtobufError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong; new codes may be added, so a `switch` over them needs a default.
    public struct Code: Sendable, Hashable {
        private enum Value {
            case malformed
            case tooLarge
            case memoryLimit
            case invalidText
            case nulInText
        }

        private let value: Value

        /// The bytes are not an encoding of this message: truncated, a wrong wire type or an absurd length.
        public static let malformed = Code(value: .malformed)
        /// More bytes than the caller allows, or than protobuf can express (2 GiB).
        public static let tooLarge = Code(value: .tooLarge)
        /// Unpacking would take more memory than the caller allows.
        public static let memoryLimit = Code(value: .memoryLimit)
        /// A `string` field does not hold valid UTF-8.
        public static let invalidText = Code(value: .invalidText)
        /// A `string` field holds a NUL, at which C would cut it.
        public static let nulInText = Code(value: .nulInText)
    }

    public var code: Code
    /// Full name of the message concerned, for example `zhike.profile.v1.Customer`.
    public var messageName: String
    /// Full name of the field at fault, where one is known.
    public var field: String?

    public init(_ code: Code, messageName: String, field: String? = nil) {
        self.code = code
        self.messageName = messageName
        self.field = field
    }

    /// A sentence for the sender; it never repeats what the bytes held.
    public var message: String {
        switch code {
        case .tooLarge: "\(messageName) is too large; send it in smaller parts"
        case .memoryLimit: "\(messageName) holds too many fields to be read; send it in smaller parts"
        case .invalidText: "\(field ?? messageName) is not valid UTF-8; send text as UTF-8"
        case .nulInText: "\(field ?? messageName) holds a NUL character; remove it"
        default: "the bytes are not a \(messageName); pack them with the contract of this version"
        }
    }

    public var description: String { message }
}
