/// Texts of an envelope as values. All of them came from outside and may end up in a log line, so none may hold a
/// control character, and those that are codes hold printable ASCII alone.
enum EnvelopeText {
    static let longestRequestIDBytes = 128
    static let longestPrincipalTextBytes = 512
    static let roleLimit = 64

    /// Printable ASCII without blanks, at most `limit` bytes; nil otherwise.
    static func code(_ frame: [UInt8], _ range: Range<Int>, limit: Int) -> String? {
        guard range.count <= limit else { return nil }
        for index in range where frame[index] <= 0x20 || frame[index] >= 0x7F { return nil }
        return String(decoding: frame[range], as: UTF8.self)
    }

    /// Valid UTF-8 without control characters; nil otherwise.
    static func text(_ frame: [UInt8], _ range: Range<Int>, limit: Int) -> String? {
        guard range.count <= limit else { return nil }
        for index in range where frame[index] < 0x20 || frame[index] == 0x7F { return nil }
        guard let valid = try? UTF8Span(validating: frame.span.extracting(range)) else { return nil }
        return String(copying: valid)
    }
}

extension CallEnvelope {
    /// What cannot be accepted in an envelope whose MAC is right.
    struct Unacceptable: Error {
        let field: String
    }

    func requestID(in frame: [UInt8]) throws(Unacceptable) -> String {
        guard let id = EnvelopeText.code(frame, requestID, limit: EnvelopeText.longestRequestIDBytes) else {
            throw Unacceptable(field: "request_id")
        }
        return id
    }

    func idempotencyKey(in frame: [UInt8]) throws(Unacceptable) -> String? {
        guard !idempotencyKey.isEmpty else { return nil }
        guard let key = EnvelopeText.code(frame, idempotencyKey, limit: RPCLimits.idempotencyKeyBytes) else {
            throw Unacceptable(field: "idempotency_key")
        }
        return key
    }

    /// The trace of the call; a missing or broken one starts anew, as W3C asks.
    func trace(in frame: [UInt8]) -> TraceContext {
        TraceContext(traceparentBytes: frame.span.extracting(traceparent)) ?? .random()
    }

    func principal(in frame: [UInt8]) throws(Unacceptable) -> Principal? {
        guard let principal else { return nil }
        var result = Principal(user: "", roles: [], officePath: "")
        var reader = FieldReader(frame, principal)
        do {
            while let (number, value) = try reader.next() {
                guard (1...3).contains(number) else { continue }
                guard case .bytes(let range) = value,
                    let text = EnvelopeText.text(frame, range, limit: EnvelopeText.longestPrincipalTextBytes)
                else { throw FieldReader.Malformed() }
                switch number {
                case 1: result.user = text
                case 2: result.roles.append(text)
                default: result.officePath = text
                }
            }
        } catch {
            throw Unacceptable(field: "principal")
        }
        guard !result.user.isEmpty, result.roles.count <= EnvelopeText.roleLimit else {
            throw Unacceptable(field: "principal")
        }
        return result
    }
}
