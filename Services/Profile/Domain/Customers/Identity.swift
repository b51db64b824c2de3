/// A kind and a value that together name one customer, for ever.
public struct Identity: Sendable, Hashable {
    public let kind: String
    public let value: String

    /// The kind of the bank's own number; control groups are drawn by its value.
    public static let customerNumberKind = "customer_number"

    public init(kind: String, value: String) throws(FieldProblem) {
        guard Names.isPlain(kind, atMost: 32) else {
            throw FieldProblem(
                field: "kind", code: "identity_kind",
                reason: "Name the kind with at most 32 lower case letters, digits and _, for example customer_number.")
        }
        guard Names.isValue(value, atMost: 128) else {
            throw FieldProblem(
                field: "value", code: "identity_value",
                reason: "Give a value of 1 to 128 characters without control characters or blanks at its ends.")
        }
        self.kind = kind
        self.value = value
    }

    public static func == (one: Identity, other: Identity) -> Bool {
        one.kind == other.kind && ExactText(one.value) == ExactText(other.value)
    }

    /// From storage, where it was checked when it was first taken.
    package init(trusted kind: String, _ value: String) {
        self.kind = kind
        self.value = value
    }
}
