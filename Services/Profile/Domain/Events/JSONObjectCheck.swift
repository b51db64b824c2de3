private import Foundation

/// Whether a text is a JSON object that Postgres can keep as jsonb.
///
/// One bad value would fail the statement that stores a whole batch, so each is checked before. Stricter than RFC 8259 where
/// jsonb is: no \u0000, no half surrogate pairs, and no number of more than common size. jsonb writes numbers without
/// exponents: of 1e-400 it keeps, and sends to whoever reads it, 402 characters.
package struct JSONObjectCheck {
    private static let depthLimit = 16
    /// Characters of a number. With the exponent's bound it grows by 31 characters at most: properties as they are read
    /// have fewer than six times the bytes that they were sent with.
    private static let numberLimit = 64
    /// More than any amount of money, any measure or any probability needs.
    private static let exponentLimit = 30

    private let bytes: [UInt8]
    private var position = 0

    /// Throws a problem on field "properties" when the text does not fit.
    package static func check(_ text: String, byteLimit: Int) throws(FieldProblem) {
        guard text.utf8.count <= byteLimit else {
            throw FieldProblem(
                field: "properties", code: "properties_size",
                reason: "Send properties of at most \(byteLimit) bytes; keep large content elsewhere.")
        }
        var check = JSONObjectCheck(bytes: Array(text.utf8))
        check.skipBlanks()
        guard check.peek == UInt8(ascii: "{"), check.value(depth: 0) else { throw malformed }
        check.skipBlanks()
        guard check.position == check.bytes.count else { throw malformed }
    }

    private static let malformed = FieldProblem(
        field: "properties", code: "properties_json",
        reason:
            "Send properties as one JSON object, nested at most 16 deep, without \\u0000; exponents go from -30 to 30."
    )

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) -> Bool {
        guard depth <= Self.depthLimit, let first = peek else { return false }
        switch first {
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "t"): return word("true")
        case UInt8(ascii: "f"): return word("false")
        case UInt8(ascii: "n"): return word("null")
        default: return number()
        }
    }

    private mutating func word(_ text: StaticString) -> Bool {
        for byte in text.description.utf8 where !take(byte) { return false }
        return true
    }

    private mutating func object(depth: Int) -> Bool {
        position += 1
        skipBlanks()
        if take(UInt8(ascii: "}")) { return true }
        while true {
            skipBlanks()
            guard peek == UInt8(ascii: "\""), string() else { return false }
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { return false }
            skipBlanks()
            guard value(depth: depth + 1) else { return false }
            skipBlanks()
            if take(UInt8(ascii: "}")) { return true }
            guard take(UInt8(ascii: ",")) else { return false }
        }
    }

    private mutating func array(depth: Int) -> Bool {
        position += 1
        skipBlanks()
        if take(UInt8(ascii: "]")) { return true }
        while true {
            skipBlanks()
            guard value(depth: depth + 1) else { return false }
            skipBlanks()
            if take(UInt8(ascii: "]")) { return true }
            guard take(UInt8(ascii: ",")) else { return false }
        }
    }

    private mutating func string() -> Bool {
        position += 1
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case 0..<0x20: return false
            case UInt8(ascii: "\\"): guard escape() else { return false }
            default: continue
            }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard let byte = peek else { return false }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return true
        case UInt8(ascii: "u"):
            guard let unit = hexUnit(), unit != 0 else { return false }
            if (0xDC00...0xDFFF).contains(unit) { return false }
            guard (0xD800...0xDBFF).contains(unit) else { return true }
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), let low = hexUnit() else { return false }
            return (0xDC00...0xDFFF).contains(low)
        default:
            return false
        }
    }

    private mutating func hexUnit() -> Int? {
        guard position + 4 <= bytes.count else { return nil }
        var unit = 0
        for byte in bytes[position..<position + 4] {
            switch byte {
            case 0x30...0x39: unit = unit * 16 + Int(byte - 0x30)
            case 0x41...0x46: unit = unit * 16 + Int(byte - 0x41) + 10
            case 0x61...0x66: unit = unit * 16 + Int(byte - 0x61) + 10
            default: return nil
            }
        }
        position += 4
        return unit
    }

    private mutating func number() -> Bool {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { guard digits() else { return false } }
        if take(UInt8(ascii: ".")) { guard digits() else { return false } }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            guard exponent() else { return false }
        }
        guard position - start <= Self.numberLimit,
            let text = String(bytes: bytes[start..<position], encoding: .utf8)
        else { return false }
        return Double(text)?.isFinite == true
    }

    private mutating func exponent() -> Bool {
        if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
        let start = position
        guard digits() else { return false }
        var size = 0
        for byte in bytes[start..<position] {
            size = size * 10 + Int(byte - UInt8(ascii: "0"))
            guard size <= Self.exponentLimit else { return false }
        }
        return true
    }

    private mutating func digits() -> Bool {
        let start = position
        while let byte = peek, (0x30...0x39).contains(byte) { position += 1 }
        return position > start
    }
}
