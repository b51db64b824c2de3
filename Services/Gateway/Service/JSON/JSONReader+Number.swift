extension JSONReader {
    /// A number as it stands in the text.
    struct NumberScan {
        let range: Range<Int>
        /// Without a fraction and without an exponent.
        let isWhole: Bool
    }

    /// Passes over a number and checks its form.
    mutating func scanNumber() throws(JSONProblem) -> NumberScan {
        let start = position
        var isWhole = true
        if byteHere == UInt8(ascii: "-") { position += 1 }
        if byteHere == UInt8(ascii: "0") {
            position += 1
        } else {
            try takeDigits()
        }
        if byteHere == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            try takeDigits()
        }
        if byteHere == UInt8(ascii: "e") || byteHere == UInt8(ascii: "E") {
            isWhole = false
            position += 1
            if byteHere == UInt8(ascii: "+") || byteHere == UInt8(ascii: "-") { position += 1 }
            try takeDigits()
        }
        return NumberScan(range: start..<position, isWhole: isWhole)
    }

    /// Reads a whole number; `5.0` and `5e0` are whole too, as JSON Schema has it.
    mutating func readInteger() throws(JSONProblem) -> Int64 {
        guard isNumber(try peek()) else { throw wrongType("a whole number") }
        let scan = try scanNumber()
        guard scan.isWhole else {
            let value = try double(scan.range)
            guard let exact = Int64(exactly: value) else {
                throw JSONProblem(.wrongType, "Send a whole number here.")
            }
            return exact
        }
        var index = scan.range.lowerBound
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        var value: Int64 = 0
        while index < scan.range.upperBound {
            let digit = Int64(bytes[index] - 0x30)
            let (shifted, overflowOfShift) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowOfSum) = shifted.subtractingReportingOverflow(digit)
            guard !overflowOfShift, !overflowOfSum else { throw tooLarge }
            value = sum
            index += 1
        }
        if isNegative { return value }
        guard value != .min else { throw tooLarge }
        return -value
    }

    /// Reads a number as a finite double.
    mutating func readDouble() throws(JSONProblem) -> Double {
        guard isNumber(try peek()) else { throw wrongType("a number") }
        return try double(try scanNumber().range)
    }

    func isNumber(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte)
    }

    func double(_ range: Range<Int>) throws(JSONProblem) -> Double {
        guard let value = Double(String(decoding: bytes[range], as: UTF8.self)), value.isFinite else { throw tooLarge }
        return value
    }

    private var tooLarge: JSONProblem {
        JSONProblem(.outOfRange, "The number is too large: send a smaller one.")
    }

    private var byteHere: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func takeDigits() throws(JSONProblem) {
        let start = position
        while let byte = byteHere, (0x30...0x39).contains(byte) { position += 1 }
        guard position > start else { throw syntaxProblem("a digit") }
    }
}
