internal import CNettle

/// HMAC-SHA256 (RFC 2104) with one key, set up once and copied for each message.
///
/// By nettle, whose state is a plain value: swift-crypto makes an object for each hash, two for a code, and every call
/// has four codes. The example in wire.md, which was computed elsewhere, holds it to the standard.
public struct MessageAuthenticator: Sendable {
    private typealias Code = InlineArray<32, UInt8>

    /// After the key, before the message.
    private let keyed: hmac_sha256_ctx

    /// - Parameter secret: of any length; 32 bytes are as strong as the code.
    public init(secret: [UInt8]) {
        var keyed = hmac_sha256_ctx()
        nettle_hmac_sha256_set_key(&keyed, secret.count, secret)
        self.keyed = keyed
    }

    /// Appends the code over all bytes so far.
    public func appendCode(to bytes: inout [UInt8]) {
        let code = code(over: bytes.span)
        code.span.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    /// Whether what stands behind the first `count` bytes is their code. Takes the same time for every wrong one.
    public func verifies(_ bytes: [UInt8], signedCount count: Int) -> Bool {
        guard bytes.count == count + Code.count else { return false }
        let code = code(over: bytes.span.extracting(first: count))
        return bytes.span.extracting(last: Code.count).withUnsafeBufferPointer { received in
            code.span.withUnsafeBufferPointer { nettle_memeql_sec($0.baseAddress, received.baseAddress, $0.count) == 1 }
        }
    }

    private func code(over bytes: Span<UInt8>) -> Code {
        var state = keyed
        bytes.withUnsafeBufferPointer { nettle_hmac_sha256_update(&state, $0.count, $0.baseAddress) }
        var code = Code(repeating: 0)
        var span = code.mutableSpan
        span.withUnsafeMutableBufferPointer { nettle_hmac_sha256_digest(&state, $0.count, $0.baseAddress) }
        return code
    }
}
