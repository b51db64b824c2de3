/// An enumeration of the contracts. A number that this version has no name for is kept as it came; it is never taken
/// for the first value.
public protocol ProtobufEnumeration: RawRepresentable<Int32>, Sendable, Hashable, CustomStringConvertible {
    init(rawValue: Int32)

    /// Every value that has a name in this version, in the order of the contract.
    static var all: [Self] { get }

    /// The name in the contract, such as `CAMPAIGN_STATE_DRAFT`; nil for a number unknown to this version.
    var protobufName: String? { get }
}

extension ProtobufEnumeration {
    /// The value with this name in the contract; nil where there is none.
    public init?(protobufName: String) {
        guard let value = Self.all.first(where: { $0.protobufName == protobufName }) else { return nil }
        self = value
    }

    /// Whether this version has a name for the number.
    public var isKnown: Bool { protobufName != nil }

    /// The name in the contract, or the number where there is none.
    public var description: String { protobufName ?? String(rawValue) }
}
