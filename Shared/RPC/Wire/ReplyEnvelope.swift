/// What a `ReplyEnvelope` (envelope.proto) says; nil as error means OK.
struct ReplyEnvelope {
    var error: RPCError?
    var nonce = 0..<0
    var keyID = 0..<0
    /// The method is a read that the server answers from memory.
    var isFromMemory = false

    /// Appends the packed `ReplyEnvelope`.
    /// - Parameter message: what is answered, a call or a bundle; nil in the reply to a call within a bundle.
    static func append(
        _ error: RPCError?, answering message: ReplyStart.Message?, isFromMemory: Bool, to frame: inout [UInt8]
    ) {
        if let error {
            frame.appendField(1, varint: UInt64(error.code.rawValue))
            frame.appendField(2, text: error.message)
            frame.appendField(3, text: error.field ?? "")
            frame.appendField(4, varint: UInt64(clamping: min(error.retryAfterMilliseconds ?? 0, Int(Int32.max))))
            frame.appendField(5, varint: error.notExecuted ? 1 : 0)
        }
        if let message {
            frame.appendField(6, message.nonce)
            if let key = message.key { frame.append(contentsOf: key.replyKeyField) }
        }
        frame.appendField(8, varint: isFromMemory ? 1 : 0)
    }

    /// Reads the envelope that stands at `range`.
    init(_ frame: [UInt8], _ range: Range<Int>) throws(FieldReader.Malformed) {
        var status: UInt64 = 0
        var message = ""
        var field: String?
        var retryAfterMilliseconds: Int?
        var notExecuted = false
        var reader = FieldReader(frame, range)
        while let (number, value) = try reader.next() {
            switch (number, value) {
            case (1, .varint(let value)): status = value
            case (2, .bytes(let range)): message = String(decoding: frame[range], as: UTF8.self)
            case (3, .bytes(let range)): field = String(decoding: frame[range], as: UTF8.self)
            case (4, .varint(let value)): retryAfterMilliseconds = Int(clamping: min(value, UInt64(Int32.max)))
            case (5, .varint(let value)): notExecuted = value != 0
            case (6, .bytes(let range)): nonce = range
            case (7, .bytes(let range)): keyID = range
            case (8, .varint(let value)): isFromMemory = value != 0
            case (1...8, _): throw FieldReader.Malformed()
            default: continue
            }
        }
        guard status != 0 else { return }
        // A status that this version does not know is still a failure.
        let code = Int(exactly: status).flatMap(RPCError.Code.init(rawValue:)) ?? .unknown
        error = RPCError(
            code, message, field: field, retryAfterMilliseconds: retryAfterMilliseconds, notExecuted: notExecuted)
    }
}
