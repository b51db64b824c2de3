/// How one call failed, in words that may leave the process.
///
/// The message is a sentence that tells the person what to do. It holds no personal data, no SQL and no secret, because
/// it travels to the caller and into logs.
public struct RPCError: Error, Sendable, Hashable {
    public var code: Code
    public var message: String
    /// The request field that is to blame, in the words of the .proto, such as `customer_id` or `items[3].type`.
    public var field: String?
    /// How long the caller should wait before it asks again; nil when waiting does not help.
    public var retryAfterMilliseconds: Int?
    /// True only when it is certain that no handler saw the call. False means "done, not done or half known".
    public var notExecuted: Bool

    public init(
        _ code: Code, _ message: String, field: String? = nil, retryAfterMilliseconds: Int? = nil,
        notExecuted: Bool = false
    ) {
        self.code = code
        self.message = message
        self.field = field
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.notExecuted = notExecuted
    }
}

extension RPCError: CustomStringConvertible {
    public var description: String {
        var text = "\(code.name): \(message)"
        if let field { text += " (field \(field))" }
        return text
    }
}

/// An error of a service's own that knows which status it is towards a caller.
///
/// An error that is neither this nor an `RPCError` leaves as INTERNAL with a bland message.
public protocol RPCErrorConvertible: Error {
    var rpcError: RPCError { get }

    /// What the log may say of the error where it leaves as INTERNAL: codes and names, no values. nil: its type alone.
    var logDescription: String? { get }
}

extension RPCErrorConvertible {
    public var logDescription: String? { nil }
}

extension RPCError: RPCErrorConvertible {
    public var rpcError: RPCError { self }
    public var logDescription: String? { message }
}
