internal import Foundation

/// The binary form of `numeric`: base 10,000 digits with a weight, as `numeric_send` writes it.
struct PostgresNumeric {
    private let digits: [Int16]
    /// The first digit counts 10,000^weight.
    private let weight: Int
    private let isNegative: Bool

    init(_ bytes: RawSpan) throws(PostgresError) {
        guard bytes.byteCount >= 8 else { throw PostgresError(.decoding, "a numeric that is cut short") }
        let count = Int(bytes.integer(as: UInt16.self))
        weight = Int(bytes.integer(at: 2, as: Int16.self))
        let sign = bytes.integer(at: 4, as: UInt16.self)
        guard sign == 0 || sign == 0x4000 else { throw PostgresError(.decoding, "a numeric that is no finite number") }
        guard bytes.byteCount == 8 + 2 * count else { throw PostgresError(.decoding, "a numeric that is cut short") }
        isNegative = sign == 0x4000
        var digits: [Int16] = []
        digits.reserveCapacity(count)
        for index in 0..<count { digits.append(bytes.integer(at: 8 + 2 * index, as: Int16.self)) }
        self.digits = digits
    }

    func wholeValue() throws(PostgresError) -> Int64 {
        let doesNotFit = PostgresError(.decoding, "a numeric that is no integer of 64 bits")
        guard digits.count <= weight + 1 else { throw doesNotFit }
        var value: Int64 = 0
        for index in 0..<max(0, weight + 1) {
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10_000)
            let digit = index < digits.count ? Int64(digits[index]) : 0
            // Counted downwards, because the smallest integer has no positive twin.
            let (sum, overflowedToo) = product.subtractingReportingOverflow(digit)
            guard !overflowed, !overflowedToo else { throw doesNotFit }
            value = sum
        }
        guard !isNegative else { return value }
        guard value != .min else { throw doesNotFit }
        return -value
    }

    /// Through decimal text, so that 0.1 becomes the double nearest to 0.1.
    func approximateValue() throws(PostgresError) -> Double {
        var text = isNegative ? "-0" : "0"
        for digit in digits { text += String(10_000 + Int(digit)).dropFirst() }
        text += "e\(4 * (weight + 1 - digits.count))"
        guard let value = Double(text) else { throw PostgresError(.decoding, "a numeric out of the range of a double") }
        return value
    }
}
