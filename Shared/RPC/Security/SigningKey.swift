internal import Crypto

/// A service key made ready for many messages: the HMAC keyed once, and the fields that name it packed once.
struct SigningKey: Sendable {
    let id: String
    let service: String
    /// `caller` and `key_id` of an `Envelope`, packed.
    let callerAndKeyFields: [UInt8]
    /// `key_id` of a `ReplyEnvelope`, packed.
    let replyKeyField: [UInt8]
    private let keyed: HMAC<SHA256>

    init(_ key: ServiceKey) {
        id = key.id
        service = key.service
        keyed = key.authenticator()
        var fields: [UInt8] = []
        fields.appendField(2, text: key.service)
        fields.appendField(3, text: key.id)
        callerAndKeyFields = fields
        var replyField: [UInt8] = []
        replyField.appendField(7, text: key.id)
        replyKeyField = replyField
    }

    /// Appends the MAC over all bytes of the frame so far.
    func sign(_ frame: inout [UInt8]) {
        var hmac = keyed
        hmac.update(data: frame)
        frame.append(contentsOf: hmac.finalize())
    }

    /// Whether the MAC behind the signed part of the frame is right; takes the same time for every wrong one.
    func verifies(_ frame: [UInt8], _ parts: WireLayout.Parts) -> Bool {
        guard parts.algorithm == WireLayout.macAlgorithm else { return false }
        var hmac = keyed
        hmac.update(data: frame[parts.signed])
        return hmac.finalize() == frame[parts.signed.upperBound...]
    }
}
