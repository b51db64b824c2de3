/// Protobuf's wire format, writing: just what an envelope needs.
///
/// Source: https://protobuf.dev/programming-guides/encoding/
extension [UInt8] {
    /// Appends all bytes of a number, most significant first.
    mutating func appendFixed(_ number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    /// Writes how long the part is that was appended from `start` on, into the four bytes before it.
    mutating func finishPart(from start: Int) {
        overwrite(UInt32(count - start), at: start - WireLayout.lengthByteCount)
    }

    /// Writes a number into four bytes, most significant first.
    mutating func overwrite(_ number: UInt32, at position: Int) {
        for index in 0..<4 { self[position + index] = UInt8(truncatingIfNeeded: number >> (24 - 8 * UInt32(index))) }
    }

    /// The length that stands in four bytes.
    func length(at position: Int) -> Int {
        Int(UInt32(bigEndian: span.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt32.self)))
    }

    /// Appends a number in base 128, least significant group first.
    mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest &>>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a number field; nothing for zero, as proto3 does.
    mutating func appendField(_ number: UInt8, varint value: UInt64) {
        guard value != 0 else { return }
        append(number << 3)
        appendVarint(value)
    }

    /// Appends a nonce as a bytes field.
    mutating func appendField(_ number: UInt8, _ nonce: Nonce) {
        append(number << 3 | 2)
        append(UInt8(WireLayout.nonceByteCount))
        nonce.append(to: &self)
    }

    /// Appends a text field; nothing for the empty text.
    mutating func appendField(_ number: UInt8, text: String) {
        guard !text.isEmpty else { return }
        appendRepeatedField(number, text: text)
    }

    /// Bytes that `appendField(_:text:)` appends.
    static func fieldByteCount(text: String) -> Int {
        text.isEmpty ? 0 : repeatedFieldByteCount(text: text)
    }

    /// Bytes that `appendRepeatedField(_:text:)` appends: tag, length, text.
    static func repeatedFieldByteCount(text: String) -> Int {
        let count = text.utf8.count
        var byteCount = 2 + count
        var rest = count >> 7
        while rest > 0 {
            byteCount += 1
            rest >>= 7
        }
        return byteCount
    }

    /// Appends one element of a repeated text field, which may be empty.
    mutating func appendRepeatedField(_ number: UInt8, text: String) {
        append(number << 3 | 2)
        appendVarint(UInt64(text.utf8.count))
        append(contentsOf: text.utf8)
    }
}
