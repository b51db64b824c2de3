extension JSONReader {
    /// Where a text ends, and what stands in it.
    struct TextScan {
        /// Position of the closing quote.
        let end: Int
        let hasEscapes: Bool
    }

    /// Reads a text with its escapes resolved.
    mutating func readText() throws(JSONProblem) -> String {
        guard try peek() == UInt8(ascii: "\"") else { throw wrongType("text") }
        let start = position + 1
        let scan = try scanText()
        if scan.hasEscapes {
            return String(decoding: try unescaped(start..<scan.end), as: UTF8.self)
        }
        return try validated(start..<scan.end)
    }

    /// Passes over a text, whose opening quote is next, and checks its bytes but not its escapes.
    mutating func scanText() throws(JSONProblem) -> TextScan {
        let scan = try textScan(from: position + 1)
        position = scan.end + 1
        return scan
    }

    private func textScan(from start: Int) throws(JSONProblem) -> TextScan {
        // A local cursor: most bytes of a request are bytes of texts.
        var index = start
        var hasEscapes = false
        var allBits: UInt8 = 0
        let span = bytes.span
        while index < span.count {
            let byte = span[index]
            if byte == UInt8(ascii: "\"") {
                if allBits >= 0x80 { try checkEncoding(start..<index) }
                return TextScan(end: index, hasEscapes: hasEscapes)
            }
            guard byte >= 0x20 else {
                throw JSONProblem(.syntax, "A control character stands in a text at byte \(index): escape it.")
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                index += 1
                guard index < span.count, span[index] >= 0x20 else { break }
                allBits |= span[index]
            }
            allBits |= byte
            index += 1
        }
        throw JSONProblem(.syntax, "A text is not closed before the JSON text ends.")
    }

    private func validated(_ range: Range<Int>) throws(JSONProblem) -> String {
        do {
            return String(copying: try UTF8Span(validating: bytes.span.extracting(range)))
        } catch {
            throw encodingProblem
        }
    }

    private func checkEncoding(_ range: Range<Int>) throws(JSONProblem) {
        do {
            _ = try UTF8Span(validating: bytes.span.extracting(range))
        } catch {
            throw encodingProblem
        }
    }

    private var encodingProblem: JSONProblem {
        JSONProblem(.encoding, "The text holds bytes that are not UTF-8: send UTF-8.")
    }

    /// The text of a range with its escapes resolved, as UTF-8.
    func unescaped(_ range: Range<Int>) throws(JSONProblem) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            let escape = bytes[index]
            index += 1
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(escape)
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                let scalar = try scalar(at: &index, before: range.upperBound)
                result.append(contentsOf: String(Character(scalar)).utf8)
            default: throw JSONProblem(.syntax, "A backslash in a text is followed by an unknown letter.")
            }
        }
        return result
    }

    /// The character of `\uXXXX`, or of two of them where the first is half of a pair.
    private func scalar(at index: inout Int, before end: Int) throws(JSONProblem) -> Unicode.Scalar {
        let first = try codeUnit(at: &index, before: end)
        var value = UInt32(first)
        if first & 0xFC00 == 0xD800 {
            guard index + 1 < end, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") else {
                throw surrogateProblem
            }
            index += 2
            let second = try codeUnit(at: &index, before: end)
            guard second & 0xFC00 == 0xDC00 else { throw surrogateProblem }
            value = 0x10000 + (UInt32(first & 0x3FF) << 10) + UInt32(second & 0x3FF)
        }
        guard value != 0 else {
            throw JSONProblem(.encoding, "The text holds the character U+0000, which cannot be stored: leave it out.")
        }
        guard let scalar = Unicode.Scalar(value) else { throw surrogateProblem }
        return scalar
    }

    private var surrogateProblem: JSONProblem {
        JSONProblem(.encoding, "The text holds half of a surrogate pair: send whole characters.")
    }

    private func codeUnit(at index: inout Int, before end: Int) throws(JSONProblem) -> UInt16 {
        guard index + 4 <= end else { throw JSONProblem(.syntax, "A \\u in a text needs four hexadecimal digits.") }
        var value: UInt16 = 0
        for offset in index..<(index + 4) {
            let byte = bytes[offset]
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt16(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt16(byte - 0x37)
            case 0x61...0x66: value = value << 4 | UInt16(byte - 0x57)
            default: throw JSONProblem(.syntax, "A \\u in a text needs four hexadecimal digits.")
            }
        }
        index += 4
        return value
    }
}
