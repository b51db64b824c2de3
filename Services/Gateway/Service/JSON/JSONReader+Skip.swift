extension JSONReader {
    /// Passes over one value and checks it as strictly as one that is read.
    mutating func skipValue() throws(JSONProblem) {
        let first = try peek()
        switch first {
        case UInt8(ascii: "{"):
            try readFreeMembers { (reader, _) throws(JSONProblem) in try reader.skipValue() }
        case UInt8(ascii: "["):
            try readArray { (reader, _) throws(JSONProblem) in try reader.skipValue() }
        case UInt8(ascii: "\""):
            let start = position + 1
            let scan = try scanText()
            if scan.hasEscapes { _ = try unescaped(start..<scan.end) }
        case UInt8(ascii: "t"): try takeWord("true")
        case UInt8(ascii: "f"): try takeWord("false")
        case UInt8(ascii: "n"): try takeWord("null")
        default:
            guard isNumber(first) else { throw syntaxProblem("a value") }
            let scan = try scanNumber()
            // Fifteen digits without an exponent always fit; only the others are worth converting.
            if scan.range.count > 15 || !scan.isWhole { _ = try double(scan.range) }
        }
    }

    /// Passes over an object and gives its text as it was sent, checked.
    mutating func readRawObject(byteLimit: Int) throws(JSONProblem) -> String {
        guard try peek() == UInt8(ascii: "{") else { throw wrongType("an object") }
        let start = position
        try skipValue()
        guard position - start <= byteLimit else {
            throw JSONProblem(.outOfRange, "The object is longer than \(byteLimit) bytes: send less.")
        }
        // Every text in it is valid UTF-8 and everything outside texts is ASCII.
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    mutating func readFlag() throws(JSONProblem) -> Bool {
        switch try peek() {
        case UInt8(ascii: "t"):
            try takeWord("true")
            return true
        case UInt8(ascii: "f"):
            try takeWord("false")
            return false
        default: throw wrongType("true or false")
        }
    }
}
