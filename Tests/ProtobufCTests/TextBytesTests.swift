import ProtobufC
import Testing

@testable import Contracts

/// Texts are looked at eight bytes at a time: every length around a word, and every place in it.
@Suite("the bytes of a text")
struct TextBytesTests {
    private static let lengths = 0...41

    /// Field 9 of `Scalars` is a text.
    private func unpack(_ text: [UInt8]) -> Result<String, ProtobufError> {
        Result { () throws(ProtobufError) in
            try TestingV1.Scalars(unpacking: [0x4A, UInt8(text.count)] + text).stringValue
        }
    }

    @Test("come back as they went, be they ASCII or not")
    func roundTrip() throws {
        for length in Self.lengths {
            for place in 0...length {
                for middle in ["", "é", "客", "𝄞", "\u{7F}", "\u{1}"] {
                    let text =
                        String(repeating: "~", count: place) + middle + String(repeating: "a", count: length - place)
                    let packed = try TestingV1.Scalars(stringValue: text).packed()
                    #expect(packed == [0x4A, UInt8(text.utf8.count)] + Array(text.utf8) || text.isEmpty)
                    #expect(try unpack(Array(text.utf8)).get() == text)
                }
            }
        }
    }

    @Test("are refused with a NUL anywhere, both ways")
    func nul() {
        for length in Self.lengths.dropFirst() {
            for place in 0..<length {
                // Beside a byte of one, which a search for NULs in words could take for one.
                for filling in [0x01, 0x61, 0x7F] as [UInt8] {
                    var bytes = [UInt8](repeating: filling, count: length)
                    bytes[place] = 0
                    #expect((try? unpack(bytes).get()) == nil)
                    let text = String(decoding: bytes, as: UTF8.self)
                    #expect(throws: ProtobufError.self) { try TestingV1.Scalars(stringValue: text).packed() }
                }
            }
        }
    }

    @Test("are refused when they are not UTF-8, wherever that shows")
    func invalid() {
        for length in Self.lengths.dropFirst() {
            for place in 0..<length {
                for wrong in [0x80, 0xC0, 0xFF] as [UInt8] {
                    var bytes = [UInt8](repeating: 0x61, count: length)
                    bytes[place] = wrong
                    #expect((try? unpack(bytes).get()) == nil)
                }
            }
        }
    }
}
