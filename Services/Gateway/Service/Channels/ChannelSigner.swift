internal import Crypto
internal import Foundation

/// Signs what is sent to a channel, so that the channel knows that the bank sent it and when.
///
/// `Zhike-Timestamp` holds whole seconds since 1970; `Zhike-Signature` is `hmac-sha256=` and the lower-case hexadecimal
/// HMAC-SHA256 over that text, a dot, and the body. A status request has no body: the dedupe key stands in its place.
struct ChannelSigner: Sendable {
    private let key: HMAC<SHA256>

    init(secret: [UInt8]) {
        // Keyed once and copied for each message.
        key = HMAC<SHA256>(key: SymmetricKey(data: secret))
    }

    func headers(over content: [UInt8], at date: Date = Date()) -> [(name: String, value: String)] {
        let timestamp = String(Int(date.timeIntervalSince1970))
        var code = key
        code.update(data: Array(timestamp.utf8) + [UInt8(ascii: ".")])
        code.update(data: content)
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in code.finalize() {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 0xF)])
        }
        return [
            ("Zhike-Timestamp", timestamp),
            ("Zhike-Signature", "hmac-sha256=" + String(decoding: text, as: UTF8.self)),
        ]
    }
}
