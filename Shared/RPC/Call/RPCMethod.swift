public import ProtobufC

/// What repeating a call does, as the .proto says with `idempotency_level`.
public enum RPCMethodKind: String, Sendable, Hashable {
    /// Changes nothing (`NO_SIDE_EFFECTS`): may be repeated.
    case read
    /// Changes, and repeating changes nothing more (`IDEMPOTENT`): may be repeated.
    case idempotent
    /// Changes: may be repeated only with an idempotency key.
    case mutating
}

/// A method without its types, for lists and for `Describe`.
public struct RPCMethodDescription: Sendable, Hashable {
    /// `package.Service/Method`.
    public var name: String
    public var kind: RPCMethodKind
    /// The longest request body that is accepted.
    public var requestByteLimit: Int

    public init(name: String, kind: RPCMethodKind, requestByteLimit: Int) {
        self.name = name
        self.kind = kind
        self.requestByteLimit = requestByteLimit
    }
}

/// One unary method of a service, with the types of its request and reply.
public struct RPCMethod<Request: ProtobufMessage, Reply: ProtobufMessage>: Sendable, Hashable {
    /// `package.Service/Method`, as it goes onto the wire.
    public let name: String
    public let kind: RPCMethodKind
    public let requestByteLimit: Int

    public init(_ name: String, kind: RPCMethodKind, requestByteLimit: Int = RPCLimits.requestBytes) {
        self.name = name
        self.kind = kind
        self.requestByteLimit = requestByteLimit
    }

    public var description: RPCMethodDescription {
        RPCMethodDescription(name: name, kind: kind, requestByteLimit: requestByteLimit)
    }
}
