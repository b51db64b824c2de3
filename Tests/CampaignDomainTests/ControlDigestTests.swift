internal import CampaignDomain
internal import Testing

/// Fixed digests, made with Python's hashlib: SHA-256 of "salt:customer number" in UTF-8. Whoever recomputes a control
/// group from a file gets these.
@Suite("the control group against fixed digests")
struct ControlDigestTests {
    struct Digest: Sendable {
        var salt: String
        var number: String
        var hexadecimal: String
        /// The first eight bytes, big-endian, modulo 10,000.
        var remainder: Int32
    }

    private static let digests = [
        Digest(
            salt: "salt", number: "N1",
            hexadecimal: "0bbd554840354133739574d71ff5a2d8bf2f1b30968eaa8216812d631cd2f33e", remainder: 9_475),
        Digest(
            salt: "spring-2026", number: "1",
            hexadecimal: "246c6e7fbe5ca7da836aed374b486b7a4c9e500a4e457336efea9d968790d138", remainder: 1_818),
        Digest(
            salt: "salt", number: "6217000012345678",
            hexadecimal: "af74130369733bb16431bfc01f9b092c9e92ca442674ce31856d6bf7aa848b2c", remainder: 4_129),
        Digest(
            salt: "盐", number: "客户-1",
            hexadecimal: "b0b284063d943b267956dcdc4da9263f52648dc54a45e6565f0667433239aa08", remainder: 8_358),
        // On either side of 20 %.
        Digest(
            salt: "salt", number: "N14421",
            hexadecimal: "7ded6d0ba4ef9cdf2fe1c555c4aab0fc79d9f5d403cf89980543eb4658b5e085", remainder: 1_999),
        Digest(
            salt: "salt", number: "N9770",
            hexadecimal: "fdae0b7711187820a871659c62870c95e14da12dd771a6b3214785955f2e9a4a", remainder: 2_000),
    ]

    @Test("who is held follows from the digest alone, at any share", arguments: digests)
    func held(digest: Digest) throws {
        let bytes = Self.bytes(digest.hexadecimal)
        #expect(bytes.count == 32)
        let text = ControlAssignment.text(salt: digest.salt, customerNumber: digest.number, customerID: 7)
        #expect(text == "\(digest.salt):\(digest.number)")
        #expect(ControlAssignment.isHeld(hash: bytes, controlBasisPoints: digest.remainder + 1))
        #expect(!ControlAssignment.isHeld(hash: bytes, controlBasisPoints: digest.remainder))
        #expect(ControlAssignment.isHeld(hash: bytes, controlBasisPoints: 2_000) == (digest.remainder < 2_000))
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal)
        return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
    }
}
