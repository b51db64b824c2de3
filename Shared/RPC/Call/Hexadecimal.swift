/// Lower-case hexadecimal digits, most significant first.
enum Hexadecimal {
    static func text(_ value: UInt64) -> String {
        var bytes: [UInt8] = []
        append(value, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends sixteen digits.
    static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        bytes.appendFixed(digits(UInt32(truncatingIfNeeded: value >> 32)))
        bytes.appendFixed(digits(UInt32(truncatingIfNeeded: value)))
    }

    /// The value of up to 16 digits; nil when one of them is none (upper case is refused, as W3C asks).
    static func value(_ digits: Span<UInt8>) -> UInt64? {
        if digits.count == 16 {
            let bytes = digits.bytes
            guard let high = value(UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self))),
                let low = value(UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt64.self)))
            else { return nil }
            return high << 32 | low
        }
        var value: UInt64 = 0
        for index in digits.indices {
            let byte = digits[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value &<< 4 | UInt64(byte &- UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value &<< 4 | UInt64(byte &- UInt8(ascii: "a") &+ 10)
            default: return nil
            }
        }
        return value
    }

    // MARK: - Eight digits at once

    // Every call carries 50 digits each way; one by one they cost as much as a good part of its signature. In a word of
    // eight characters of 7 bits each, adding a number below 128 to all of them at once carries nothing over from one
    // to the next, and leaves in the top bit of each whether it is at least 128 less that number.

    private static let each: UInt64 = 0x0101_0101_0101_0101

    /// The value of eight digits, the first in the most significant byte.
    private static func value(_ word: UInt64) -> UInt64? {
        let topBits = each << 7
        guard word & topBits == 0 else { return nil }
        let isDecimal = atLeast(UInt64(UInt8(ascii: "0")), word) & ~atLeast(UInt64(UInt8(ascii: "9")) + 1, word)
        let isLetter = atLeast(UInt64(UInt8(ascii: "a")), word) & ~atLeast(UInt64(UInt8(ascii: "f")) + 1, word)
        guard (isDecimal | isLetter) & topBits == topBits else { return nil }
        // A letter ends in 1 to 6 and stands for 10 to 15.
        var nibbles = (word & (each &* 0x0F)) &+ ((isLetter & topBits) >> 7) &* 9
        nibbles = (nibbles | nibbles >> 4) & 0x00FF_00FF_00FF_00FF
        nibbles = (nibbles | nibbles >> 8) & 0x0000_FFFF_0000_FFFF
        return (nibbles | nibbles >> 16) & 0xFFFF_FFFF
    }

    /// The eight digits of a value, the first in the most significant byte.
    private static func digits(_ value: UInt32) -> UInt64 {
        var nibbles = UInt64(value)
        nibbles = (nibbles | nibbles << 16) & 0x0000_FFFF_0000_FFFF
        nibbles = (nibbles | nibbles << 8) & 0x00FF_00FF_00FF_00FF
        nibbles = (nibbles | nibbles << 4) & (each &* 0x0F)
        let isLetter = (atLeast(10, nibbles) >> 7) & each
        return nibbles &+ each &* UInt64(UInt8(ascii: "0")) &+ isLetter &* 39
    }

    /// The top bit of each character: whether it is at least `bound`. The other bits mean nothing.
    private static func atLeast(_ bound: UInt64, _ word: UInt64) -> UInt64 {
        word &+ each &* (128 - bound)
    }
}
