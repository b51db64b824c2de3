internal import Crypto
internal import Foundation

/// How the gateway signs what it sends to a channel: `Zhike-Signature: hmac-sha256=` and 64 lower-case hexadecimal
/// digits over the text of `Zhike-Timestamp` (whole seconds since 1970), a dot, and the body; of a status request over
/// the dedupe key instead of the body.
enum ChannelSignature {
    static let timestampHeader = "Zhike-Timestamp"
    static let signatureHeader = "Zhike-Signature"
    /// A request that is older, or that far ahead, is refused.
    static let windowSeconds = 300.0

    static func isValid(
        timestamp: String?, signature: String?, content: [UInt8], secret: [UInt8], now: Date = Date()
    ) -> Bool {
        guard let timestamp, let seconds = Double(timestamp), abs(seconds - now.timeIntervalSince1970) <= windowSeconds,
            let signature, signature.hasPrefix("hmac-sha256="),
            let code = bytes(ofHexadecimal: signature.dropFirst("hmac-sha256=".count))
        else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: Array(timestamp.utf8) + [UInt8(ascii: ".")] + content,
            using: SymmetricKey(data: secret))
    }

    private static func bytes(ofHexadecimal text: Substring) -> [UInt8]? {
        guard text.utf8.count == 64 else { return nil }
        var bytes: [UInt8] = []
        var high: Int?
        for character in text {
            guard let digit = character.hexDigitValue else { return nil }
            if let first = high {
                bytes.append(UInt8(first * 16 + digit))
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }
}
