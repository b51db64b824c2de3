/// What an `Envelope` (envelope.proto) holds, as places in the frame it came in: only what is needed is turned into
/// values, and only once the MAC has been checked.
struct CallEnvelope {
    private(set) var method = 0..<0
    private(set) var caller = 0..<0
    private(set) var keyID = 0..<0
    private(set) var nonce = 0..<0
    private(set) var issuedAtMicroseconds: Int64 = 0
    private(set) var remainingMilliseconds: UInt64 = 0
    private(set) var requestID = 0..<0
    private(set) var idempotencyKey = 0..<0
    private(set) var traceparent = 0..<0
    /// The packed `Principal`; nil where there is none.
    private(set) var principal: Range<Int>?

    /// Reads the envelope that stands at `range`. Unknown fields are skipped, so that a newer caller is understood; a
    /// field that stands twice is refused, because two readers might not agree on which one counts.
    init(_ frame: [UInt8], _ range: Range<Int>) throws(FieldReader.Malformed) {
        var reader = FieldReader(frame, range)
        var seen: UInt64 = 0
        while let (number, value) = try reader.next() {
            guard number <= 10 else { continue }
            guard seen & (1 << number) == 0 else { throw FieldReader.Malformed() }
            seen |= 1 << number
            switch (number, value) {
            case (1, .bytes(let range)): method = range
            case (2, .bytes(let range)): caller = range
            case (3, .bytes(let range)): keyID = range
            case (4, .bytes(let range)): nonce = range
            case (5, .varint(let value)): issuedAtMicroseconds = Int64(bitPattern: value)
            case (6, .varint(let value)): remainingMilliseconds = value
            case (7, .bytes(let range)): requestID = range
            case (8, .bytes(let range)): idempotencyKey = range
            case (9, .bytes(let range)): traceparent = range
            case (10, .bytes(let range)): principal = range
            default: throw FieldReader.Malformed()
            }
        }
    }
}
