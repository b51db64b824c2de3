/// Protobuf's wire format, reading: finds the fields of one message in a frame, without copying and without trusting
/// any length in it.
///
/// Source: https://protobuf.dev/programming-guides/encoding/
struct FieldReader {
    /// What a field holds.
    enum Value {
        case varint(UInt64)
        case bytes(Range<Int>)
        /// A fixed 32 or 64 bit number: no field of an envelope has one, so it is skipped.
        case fixed
    }

    struct Malformed: Error {}

    private let frame: [UInt8]
    private var position: Int
    private let end: Int

    init(_ frame: [UInt8], _ range: Range<Int>) {
        self.frame = frame
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next field; nil at the end.
    mutating func next() throws(Malformed) -> (number: UInt64, value: Value)? {
        guard position < end else { return nil }
        let tag = try varint()
        let number = tag >> 3
        guard number > 0, number < 1 << 29 else { throw Malformed() }
        switch tag & 7 {
        case 0:
            return (number, .varint(try varint()))
        case 1:
            try skip(8)
            return (number, .fixed)
        case 2:
            let count = try varint()
            guard count <= UInt64(end - position) else { throw Malformed() }
            let start = position
            position += Int(count)
            return (number, .bytes(start..<position))
        case 5:
            try skip(4)
            return (number, .fixed)
        default:
            throw Malformed()
        }
    }

    private mutating func skip(_ count: Int) throws(Malformed) {
        guard count <= end - position else { throw Malformed() }
        position += count
    }

    private mutating func varint() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end, shift < 64 {
            let byte = frame[position]
            position += 1
            guard shift < 63 || byte <= 1 else { throw Malformed() }
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw Malformed()
    }
}
