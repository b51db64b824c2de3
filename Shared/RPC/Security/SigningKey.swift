internal import Nettle

/// A service key made ready for many messages: the fields that name it packed once.
final class SigningKey: Sendable {
    let id: String
    let service: String
    let serviceBytes: [UInt8]
    /// `caller` and `key_id` of an `Envelope`, packed.
    let callerAndKeyFields: [UInt8]
    /// `key_id` of a `ReplyEnvelope`, packed.
    let replyKeyField: [UInt8]
    private let authenticator: MessageAuthenticator

    init(_ key: ServiceKey) {
        id = key.id
        service = key.service
        serviceBytes = Array(key.service.utf8)
        authenticator = key.authenticator
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
        authenticator.appendCode(to: &frame)
    }

    /// Whether the MAC behind the signed part of the frame is right.
    func verifies(_ frame: [UInt8], _ parts: WireLayout.Parts) -> Bool {
        parts.algorithm == WireLayout.macAlgorithm
            && authenticator.verifies(frame, signedCount: parts.signed.upperBound)
    }
}
