internal import Crypto

/// HMAC-SHA256 with one key, set up once and copied for each message: RFC 2104, H(K ^ opad, H(K ^ ipad, message)).
///
/// Built on SHA-256 itself, because `HMAC<SHA256>` costs as much again for a message of a few hundred bytes, and every
/// call has four. The example in wire.md, which was computed elsewhere, holds it to the standard.
struct MessageAuthenticator: Sendable {
    /// After the block of the key with the inner or the outer padding.
    private let inner: SHA256
    private let outer: SHA256

    /// - Parameter secret: at most 64 bytes, the block of SHA-256.
    init(secret: [UInt8]) {
        precondition(secret.count <= SHA256.blockByteCount, "a longer key would have to be hashed first")
        let key = secret + [UInt8](repeating: 0, count: SHA256.blockByteCount - secret.count)
        var inner = SHA256()
        inner.update(data: key.map { $0 ^ 0x36 })
        self.inner = inner
        var outer = SHA256()
        outer.update(data: key.map { $0 ^ 0x5C })
        self.outer = outer
    }

    /// Appends the code over all bytes so far.
    func appendCode(to bytes: inout [UInt8]) {
        var hash = inner
        hash.update(data: bytes)
        bytes.append(contentsOf: outerDigest(over: hash.finalize()))
    }

    /// Whether what stands behind the first `count` bytes is their code. Takes the same time for every wrong one.
    func verifies(_ bytes: [UInt8], signedCount count: Int) -> Bool {
        guard bytes.count == count + SHA256.byteCount else { return false }
        var hash = inner
        hash.update(data: bytes[..<count])
        var difference: UInt8 = 0
        var position = count
        for byte in outerDigest(over: hash.finalize()) {
            difference |= byte ^ bytes[position]
            position += 1
        }
        return difference == 0
    }

    private func outerDigest(over innerDigest: SHA256Digest) -> SHA256Digest {
        var hash = outer
        hash.update(data: Array(innerDigest))
        return hash.finalize()
    }
}
