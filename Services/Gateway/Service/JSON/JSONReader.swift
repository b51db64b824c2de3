/// Reads one JSON text (RFC 8259) from its bytes, strictly and without building a tree.
///
/// What it refuses: anything RFC 8259 does not allow, bytes that are not UTF-8, lone surrogates, U+0000, a key twice in
/// one object, numbers that no finite double holds, and nesting beyond the limit.
struct JSONReader {
    /// Objects and arrays within each other, where nobody needs more.
    static let depthLimit = 32

    let bytes: [UInt8]
    var position = 0
    private var depth = 0
    private var deepest = JSONReader.depthLimit

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads a whole text: one value with nothing but white space around it.
    static func read<Value>(
        _ bytes: [UInt8], _ value: (inout JSONReader) throws(JSONProblem) -> Value
    ) throws(JSONProblem) -> Value {
        var reader = JSONReader(bytes)
        let result = try value(&reader)
        reader.skipWhiteSpace()
        guard reader.position == bytes.count else {
            throw JSONProblem(.syntax, "Something follows the JSON value at byte \(reader.position): remove it.")
        }
        return result
    }

    mutating func skipWhiteSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// The first byte of the next value, which is not taken.
    mutating func peek() throws(JSONProblem) -> UInt8 {
        skipWhiteSpace()
        guard position < bytes.count else {
            throw JSONProblem(.syntax, "The JSON text ends too early.")
        }
        return bytes[position]
    }

    mutating func take(_ byte: UInt8, or expected: String) throws(JSONProblem) {
        guard try peek() == byte else { throw syntaxProblem(expected) }
        position += 1
    }

    func syntaxProblem(_ expected: String) -> JSONProblem {
        JSONProblem(.syntax, "The JSON text is wrong at byte \(position): \(expected) is expected there.")
    }

    mutating func enter() throws(JSONProblem) {
        depth += 1
        guard depth <= deepest else {
            throw JSONProblem(
                .tooDeep, "Objects and arrays stand in each other more than \(deepest) deep: flatten them.")
        }
    }

    mutating func leave() {
        depth -= 1
    }

    /// Reads what may go so deep from here.
    mutating func readDeep<Value>(
        _ levels: Int, _ value: (inout JSONReader) throws(JSONProblem) -> Value
    ) throws(JSONProblem) -> Value {
        let usual = deepest
        deepest = depth + levels
        defer { deepest = usual }
        return try value(&self)
    }

    /// Takes `true`, `false` or `null`.
    mutating func takeWord(_ word: StaticString) throws(JSONProblem) {
        let length = word.utf8CodeUnitCount
        let end = position + length
        guard end <= bytes.count, String(decoding: bytes[position..<end], as: UTF8.self) == word.description else {
            throw syntaxProblem("a value")
        }
        position = end
    }

    /// Reads an array, calling `element` at each value.
    mutating func readArray(
        _ element: (inout JSONReader, _ index: Int) throws(JSONProblem) -> Void
    ) throws(JSONProblem) {
        guard try peek() == UInt8(ascii: "[") else { throw wrongType("an array") }
        position += 1
        try enter()
        var index = 0
        if try peek() != UInt8(ascii: "]") {
            while true {
                do throws(JSONProblem) {
                    try element(&self, index)
                } catch {
                    throw error.within(index: index)
                }
                index += 1
                guard try peek() == UInt8(ascii: ",") else { break }
                position += 1
            }
        }
        try take(UInt8(ascii: "]"), or: "a comma or the end of the array")
        leave()
    }

    /// A fault of type, told from a text that is no JSON at all.
    mutating func wrongType(_ expected: String) -> JSONProblem {
        var copy = self
        do throws(JSONProblem) {
            try copy.skipValue()
        } catch {
            return error
        }
        return JSONProblem(.wrongType, "Send \(expected) here.")
    }
}
