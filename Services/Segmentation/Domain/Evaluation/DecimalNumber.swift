/// A decimal number of any length, compared exactly.
///
/// Numbers in the properties of an event are kept as they were sent, with more digits or a larger exponent than binary
/// floating point holds; Postgres compares them as `numeric`, and so does this.
struct DecimalNumber: Comparable {
    private var isNegative: Bool
    /// Without leading and trailing zeros; empty for zero.
    private var digits: [UInt8]
    /// Of the place of the first digit: 0 in `5`, 1 in `50`, -1 in `0.5`.
    private var exponent: Int

    /// Reads a number as JSON writes it; nil for anything else.
    init?(_ text: String) {
        var digits: [UInt8] = []
        var pointPosition: Int?
        var exponentText = ""
        var isNegative = false
        for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "-") where index == 0: isNegative = true
            case UInt8(ascii: "."): pointPosition = digits.count
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                exponentText = String(decoding: text.utf8.dropFirst(index + 1), as: UTF8.self)
                guard Int(exponentText) != nil else { return nil }
            case 0x30...0x39: if exponentText.isEmpty { digits.append(byte - 0x30) }
            case UInt8(ascii: "-"), UInt8(ascii: "+"): guard !exponentText.isEmpty else { return nil }
            default: return nil
            }
        }
        guard !digits.isEmpty else { return nil }
        let leadingZeros = digits.prefix { $0 == 0 }.count
        let exponent = (Int(exponentText) ?? 0).addingReportingOverflow(
            (pointPosition ?? digits.count) - 1 - leadingZeros)
        guard !exponent.overflow else { return nil }
        digits.removeFirst(leadingZeros)
        while digits.last == 0 { digits.removeLast() }
        self.digits = digits
        self.exponent = digits.isEmpty ? 0 : exponent.partialValue
        self.isNegative = isNegative && !digits.isEmpty
    }

    private var sign: Int { digits.isEmpty ? 0 : isNegative ? -1 : 1 }

    static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
        guard left.sign == right.sign else { return left.sign < right.sign }
        let isSmaller =
            left.exponent == right.exponent
            ? left.digits.lexicographicallyPrecedes(right.digits) : left.exponent < right.exponent
        return left.sign < 0 ? !isSmaller && left != right : isSmaller
    }
}
