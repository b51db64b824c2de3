internal import Testing

@testable internal import GatewayService

@Suite("Strict JSON reader")
struct JSONReaderTests {
    private func refusal(_ text: String) -> JSONProblem.Code? {
        refusal(Array(text.utf8))
    }

    private func refusal(_ bytes: [UInt8]) -> JSONProblem.Code? {
        do throws(JSONProblem) {
            try JSONReader.read(bytes) { reader throws(JSONProblem) in try reader.skipValue() }
            return nil
        } catch {
            return error.code
        }
    }

    @Test(
        "takes every form that RFC 8259 allows",
        arguments: [
            "{}", "[]", " [ 1 , 2 ] ", "\t\r\n null ", #""""#, "true", "false", "0", "-0", "-1.5e+10", "1E5", "0.1",
            #"{"a":{"b":[{}]}}"#, #""\" \\ \/ \b \f \n \r \t \u00e9 \uD83D\uDE00""#, #""密""#,
            "123456789012345678901234567890",
        ])
    func takes(text: String) {
        #expect(refusal(text) == nil)
    }

    @Test(
        "refuses what is not JSON",
        arguments: [
            "", " ", "{", "[", "[1", "[1,", "[1,]", "{,}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, "{a:1}", "'a'", "tru",
            "True", "nul", "NaN", "Infinity", "+1", "01", "-", "1.", ".5", "1e", "1e+", "0x10", #""a"#, #""\x""#,
            #""\u12""#, #""\u12G4""#, "\"a\nb\"", "\"\u{0}\"", "[1] 2", "{} {}", "/* */ 1", "// a\n1", "\u{FEFF}1",
            #"["a" "b"]"#, "[1 2]", #"{"a":1 "b":2}"#, "]", "}", ":", ",", #""\"#,
        ])
    func refuses(text: String) {
        #expect(refusal(text) == .syntax)
    }

    @Test(
        "refuses text that is not UTF-8",
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
            [0xF0, 0x9F, 0x98],
        ] as [[UInt8]])
    func encoding(bytes: [UInt8]) {
        #expect(refusal([0x22] + bytes + [0x22]) == .encoding)
        #expect(refusal([0x7B, 0x22] + bytes + [0x22, 0x3A, 0x31, 0x7D]) == .encoding)
    }

    @Test(
        "refuses lone surrogates and U+0000", arguments: [#""\uD800""#, #""\uDC00""#, #""\uD800\u0041""#, #""\u0000""#])
    func surrogates(text: String) {
        #expect(refusal(text) == .encoding)
    }

    @Test("a byte that is not ASCII outside a text is no JSON")
    func strayBytes() {
        #expect(refusal([0x5B, 0xC3, 0xA9, 0x5D]) == .syntax)
    }

    @Test("refuses the same key twice, also when one of them is escaped")
    func duplicates() {
        #expect(refusal(#"{"a":1,"a":2}"#) == .duplicateKey)
        #expect(refusal(#"{"a":1,"\u0061":2}"#) == .duplicateKey)
        #expect(refusal(#"{"x":{"a":1,"b":2,"a":3}}"#) == .duplicateKey)
        #expect(refusal(#"{"a":{"a":1},"b":{"a":1}}"#) == nil)
    }

    @Test("refuses nesting beyond the limit and takes it at the limit")
    func depth() {
        let limit = JSONReader.depthLimit
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(refusal(nested(limit)) == nil)
        #expect(refusal(nested(limit + 1)) == .tooDeep)
        #expect(refusal(String(repeating: "[", count: 1_000_000)) == .tooDeep)
        #expect(refusal(String(repeating: #"{"a":"#, count: 1_000_000)) == .tooDeep)
    }

    @Test("refuses numbers that no double holds, and integers beyond 64 bits")
    func numbers() throws {
        #expect(refusal("1e999") == .outOfRange)
        #expect(refusal("-1e999") == .outOfRange)
        #expect(refusal(String(repeating: "9", count: 400)) == .outOfRange)
        let integer = JSONShape<Int64>.integer(Int64.min...Int64.max)
        let texts = ["9223372036854775807", "-9223372036854775808", "5.0", "25e1"]
        let values = try texts.map { text in try integer.value(of: Array(text.utf8)) }
        #expect(values == [.max, .min, 5, 250])
        for text in ["9223372036854775808", "-9223372036854775809", "99999999999999999999"] {
            #expect(throws: JSONProblem.self) { try integer.value(of: Array(text.utf8)) }
        }
        for text in ["5.5", "1e300", #""5""#, "true", "[5]"] {
            #expect(throws: JSONProblem.self) { try integer.value(of: Array(text.utf8)) }
        }
    }

    @Test("an object with too many keys of its own is refused")
    func manyKeys() {
        let members = (0..<400).map { #""k\#($0)":1"# }.joined(separator: ",")
        #expect(refusal("{\(members)}") == .outOfRange)
    }

    @Test("random bytes never stop it, and what it takes it takes again after writing")
    func randomBytes() throws {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededBytes(state: seed)
        let alphabet = Array(#"{}[]",:\u0aetrfnl-+.1 "#.utf8) + [0x80, 0xC3, 0xA9]
        let text = JSONShape<String>.text()
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator)!
            }
            _ = refusal(bytes)
            guard let value = try? text.value(of: bytes) else { continue }
            let again = try text.value(of: text.bytes(of: value))
            #expect(again == value, "seed \(seed)")
        }
    }

    private struct SeededBytes: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state | 1
        }
    }
}
