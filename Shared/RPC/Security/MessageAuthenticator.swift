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
        outerDigest(over: bytes, byteCount: bytes.count).withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    /// Whether what stands behind the first `count` bytes is their code. Takes the same time for every wrong one.
    func verifies(_ bytes: [UInt8], signedCount count: Int) -> Bool {
        guard bytes.count == count + SHA256.byteCount else { return false }
        return outerDigest(over: bytes, byteCount: count).withUnsafeBytes { code in
            var difference: UInt8 = 0
            for index in 0..<SHA256.byteCount { difference |= code[index] ^ bytes[count + index] }
            return difference == 0
        }
    }

    /// In place throughout: to copy a digest into an array costs nearly as much as to compute it.
    private func outerDigest(over bytes: [UInt8], byteCount: Int) -> SHA256Digest {
        var innerHash = inner
        bytes.withUnsafeBytes { innerHash.update(bufferPointer: .init(rebasing: $0[..<byteCount])) }
        var outerHash = outer
        innerHash.finalize().withUnsafeBytes { outerHash.update(bufferPointer: $0) }
        return outerHash.finalize()
    }
}
