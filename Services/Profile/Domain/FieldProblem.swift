/// Why a value was refused, in words for the person who sent it.
///
/// `field` is the path below the item that was checked ("traits[2].name"); the caller puts the item's own path before it.
/// `code` never changes once released, `reason` may be reworded. Neither holds the refused value: it may be personal.
public struct FieldProblem: Error, Sendable, Hashable {
    public var field: String
    public var code: String
    public var reason: String

    public init(field: String, code: String, reason: String) {
        self.field = field
        self.code = code
        self.reason = reason
    }

    /// The same problem seen from one level further out: `("events[3]")` makes "type" to "events[3].type".
    public func below(_ path: String) -> FieldProblem {
        let joined = field.isEmpty ? path : field.hasPrefix("[") ? path + field : path + "." + field
        return FieldProblem(field: joined, code: code, reason: reason)
    }
}
