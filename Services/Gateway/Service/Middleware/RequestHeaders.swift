internal import HTTPTypes
internal import Hummingbird
internal import RPC

/// What the gateway reads from the headers of a request.
enum RequestHeaders {
    static let idempotencyKeyName = HTTPField.Name("Idempotency-Key")!
    static let traceparentName = HTTPField.Name("traceparent")!

    /// The key of a change, as the caller sent it; nil where none was sent. It is bound to the caller, so that nobody gets
    /// the reply to another's change.
    static func sentKey(_ headers: HTTPFields, of principal: Principal?) throws(Problem) -> String? {
        guard let sent = headers[idempotencyKeyName] else { return nil }
        guard (1...128).contains(sent.utf8.count), sent.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Problem(
                .badRequest, "invalid_header", "Send a key of 1 to 128 printable ASCII characters without spaces.",
                field: "Idempotency-Key")
        }
        return "\(principal?.user ?? "")/\(sent)"
    }

    /// A key for a change that was sent without one, so that repeating a lost call within the suite is safe.
    static func newKey(of principal: Principal?) -> String {
        let random = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
        return "\(principal?.user ?? "")/-/\(String(random.0, radix: 36))\(String(random.1, radix: 36))"
    }

    /// The caller's trace, or a new one.
    static func trace(_ headers: HTTPFields) -> TraceContext {
        headers[traceparentName].flatMap { TraceContext(traceparent: $0) }?.child() ?? .random()
    }

    static func requireJSON(_ headers: HTTPFields) throws(Problem) {
        let type = headers[.contentType]?.split(separator: ";").first.map { $0.lowercased() } ?? ""
        guard type.filter({ $0 != " " }) == "application/json" else {
            throw Problem(
                .unsupportedMediaType, "unsupported_media_type", "Send Content-Type: application/json.",
                field: "Content-Type")
        }
        if let encoding = headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw Problem(
                .unsupportedMediaType, "unsupported_encoding", "Send the body without Content-Encoding.",
                field: "Content-Encoding")
        }
    }
}
