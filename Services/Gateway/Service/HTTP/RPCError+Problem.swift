internal import Hummingbird
internal import RPC

extension Problem {
    /// What the failure of a call looks like outside: the one place where RPC statuses become HTTP statuses.
    ///
    /// - Parameters:
    ///   - prefix: where the route's body stands in the message, such as `plan.`; taken off the field's path.
    ///   - identifier: what the message calls the `id` of the path, if it has one.
    init(_ error: RPCError, prefix: String = "", identifier: String? = nil) {
        let (status, code) = Self.ownStatus(of: error) ?? Self.status(of: error.code)
        // What went wrong within is for our logs; the caller can only come again.
        let detail =
            status == .internalServerError ? "The request failed within: try again or tell operations." : error.message
        let field = error.field.map { $0 == identifier ? "id" : Self.fieldName($0, prefix: prefix) }
        self.init(status, code, detail, field: field)
        if status == .tooManyRequests || status == .serviceUnavailable {
            let milliseconds = error.retryAfterMilliseconds ?? 1_000
            retryAfterSeconds = max(1, (milliseconds + 999) / 1_000)
        }
    }

    /// Arguments that HTTP has a status of their own for.
    private static func ownStatus(of error: RPCError) -> (HTTPResponse.Status, String)? {
        guard error.code == .invalidArgument else { return nil }
        switch error.field {
        case "idempotency_key": return (.conflict, "idempotency_key_reused")
        case "page_cursor": return (.notFound, "no_such_page")
        default: return nil
        }
    }

    private static func status(of code: RPCError.Code) -> (HTTPResponse.Status, String) {
        switch code {
        case .invalidArgument: (.badRequest, "invalid_argument")
        case .outOfRange: (.badRequest, "out_of_range")
        case .notFound: (.notFound, "not_found")
        case .alreadyExists: (.conflict, "already_exists")
        case .failedPrecondition: (.conflict, "failed_precondition")
        case .aborted: (.conflict, "aborted")
        case .permissionDenied: (.forbidden, "permission_denied")
        case .resourceExhausted: (.tooManyRequests, "overloaded")
        case .unavailable, .cancelled: (.serviceUnavailable, "unavailable")
        case .deadlineExceeded: (.gatewayTimeout, "deadline_exceeded")
        case .unimplemented: (.notImplemented, "unimplemented")
        // UNAUTHENTICATED of a call between suite services is a fault of our keys, not of the caller's token.
        default: (.internalServerError, "internal")
        }
    }

    /// A path in the words of a message, in the words of our JSON.
    static func fieldName(_ field: String, prefix: String) -> String {
        var name = field.hasPrefix(prefix) ? String(field.dropFirst(prefix.count)) : field
        // The most telling ending first: a length of time goes out in seconds, a moment under its plain name.
        for (ending, ours) in [("window_micros", "window_seconds"), ("_micros", ""), ("_json", "")]
        where name.hasSuffix(ending) {
            name = name.dropLast(ending.utf8.count) + ours
            break
        }
        switch name {
        case "idempotency_key": return "Idempotency-Key"
        case "page_cursor": return "cursor"
        default: return name
        }
    }
}
