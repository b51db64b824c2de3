/// Reads JSON (RFC 8259) strictly: bounded nesting, no duplicate names, no NUL in texts, nothing after the value.
public struct JSONReader {
    private let bytes: [UInt8]
    private let depthLimit: Int
    private var position = 0

    private init(_ text: String, depthLimit: Int) {
        bytes = Array(text.utf8)
        self.depthLimit = depthLimit
    }

    public static func read(_ text: String, depthLimit: Int) throws(RuleProblem) -> JSONValue {
        var reader = JSONReader(text, depthLimit: depthLimit)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == reader.bytes.count else { throw reader.problem("The JSON goes on after its end") }
        return value
    }

    private func problem(_ what: String) -> RuleProblem {
        RuleProblem(.badJSON, at: .json(path: ""), "\(what), at byte \(position + 1).")
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(RuleProblem) -> JSONValue {
        guard depth <= depthLimit else { throw problem("The JSON is nested too deep") }
        skipSpace()
        guard let byte = current else { throw problem("The JSON is cut off") }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", .flag(true))
        case UInt8(ascii: "f"): return try word("false", .flag(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(RuleProblem) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw problem("This is not JSON") }
        position += word.utf8.count
        return value
    }

    private mutating func object(depth: Int) throws(RuleProblem) -> JSONValue {
        position += 1
        var members: [JSONValue.Member] = []
        var names: Set<[UInt8]> = []
        skipSpace()
        if take("}") { return .object([]) }
        repeat {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw problem("Expected a name in double quotes") }
            let name = try text()
            guard names.insert(Array(name.utf8)).inserted else { throw problem("A name stands twice in one object") }
            skipSpace()
            guard take(":") else { throw problem("Expected a colon") }
            members.append(JSONValue.Member(name, try value(depth: depth + 1)))
            skipSpace()
        } while take(",")
        guard take("}") else { throw problem("Expected a comma or }") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(RuleProblem) -> JSONValue {
        position += 1
        var values: [JSONValue] = []
        skipSpace()
        if take("]") { return .array([]) }
        repeat {
            values.append(try value(depth: depth + 1))
            skipSpace()
        } while take(",")
        guard take("]") else { throw problem("Expected a comma or ]") }
        return .array(values)
    }

    private mutating func number() throws(RuleProblem) -> String {
        let start = position
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
        _ = take("-")
        let first = position
        while isDigit(current) { position += 1 }
        guard position > first, position == first + 1 || bytes[first] != UInt8(ascii: "0") else {
            throw problem("This is not JSON")
        }
        if take(".") {
            guard isDigit(current) else { throw problem("A digit is missing after the point") }
            while isDigit(current) { position += 1 }
        }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard isDigit(current) else { throw problem("A digit is missing in the exponent") }
            while isDigit(current) { position += 1 }
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func text() throws(RuleProblem) -> String {
        position += 1
        var output: [UInt8] = []
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: output, as: UTF8.self)
            case UInt8(ascii: "\\"): output.append(contentsOf: try escaped())
            case 0..<0x20: throw problem("A text holds a control character that is not escaped")
            default: output.append(byte)
            }
        }
        throw problem("A text does not end")
    }

    private mutating func escaped() throws(RuleProblem) -> [UInt8] {
        guard let letter = current else { throw problem("A text does not end") }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): break
        default: throw problem("This escape is not JSON")
        }
        var number = try fourDigits()
        if (0xD800..<0xDC00).contains(number), take("\\"), take("u") {
            let low = try fourDigits()
            guard (0xDC00..<0xE000).contains(low) else { throw problem("Half a character stands alone") }
            number = 0x10000 + (number - 0xD800) << 10 + (low - 0xDC00)
        }
        guard number != 0, let scalar = Unicode.Scalar(number) else {
            throw problem("This escape is not a character that a text may hold")
        }
        return Array(String(scalar).utf8)
    }

    private mutating func fourDigits() throws(RuleProblem) -> UInt32 {
        var number: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw problem("Four hexadecimal digits must follow \\u")
            }
            number = number * 16 + UInt32(digit)
            position += 1
        }
        return number
    }
}
