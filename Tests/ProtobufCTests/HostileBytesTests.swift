import Contracts
import ProtobufC
import TestSupport
import Testing

@Suite("Hostile bytes give an error and cost bounded memory")
struct HostileBytesTests {
    @Test("a message cut anywhere is refused or is a shorter message")
    func truncated() throws {
        var random = RandomMessages(values: RandomValues(generator: SeededGenerator("truncated")))
        let bytes = try random.scalars().message.packed() + random.repeated().message.packed()
        for length in bytes.indices {
            let result = Self.unpack(TestingV1.Scalars.self, Array(bytes[..<length]))
            #expect(result == nil || result == .malformed || result == .invalidText || result == .nulInText)
        }
        #expect(Self.unpack(TestingV1.Scalars.self, [0x4A, 5, 0x61]) == .malformed)
    }

    @Test(
        "lengths beyond the message are refused",
        arguments: [
            [0x4A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07], [0x4A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
            [0x4A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x4A, 0x80], [0x4A],
            [0x0A, 0xF8, 0xFF, 0xFF, 0xFF, 0x0F],
        ] as [[UInt8]])
    func lengths(_ bytes: [UInt8]) {
        #expect(Self.unpack(TestingV1.Scalars.self, bytes) == .malformed)
        #expect(Self.unpack(TestingV1.Repeated.self, bytes) == .malformed)
    }

    @Test("tag 0, groups, unknown wire types and endless numbers are refused")
    func wireTypes() {
        for bytes: [UInt8] in [
            [0x00, 0x00], [0x0B], [0x0C], [0x0E], [0x0F], [UInt8](repeating: 0xFF, count: 64),
            [0x18] + [UInt8](repeating: 0x80, count: 11),
        ] {
            #expect(Self.unpack(TestingV1.Scalars.self, bytes) == .malformed)
        }
        // string_value sent as a number.
        #expect(Self.unpack(TestingV1.Scalars.self, [0x48, 1]) == .malformed)
    }

    @Test(
        "text that is not UTF-8 is refused and its field named",
        arguments: [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE7, 0x9F], [0x61, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
        ] as [[UInt8]])
    func utf8(_ text: [UInt8]) throws {
        let bytes = [0x4A, UInt8(text.count)] + text
        let error = #expect(throws: ProtobufError.self) { try TestingV1.Scalars(unpacking: bytes) }
        #expect(error?.code == .invalidText)
        #expect(error?.field == "zhike.testing.v1.Scalars.string_value")
        // As bytes it is welcome.
        #expect(try TestingV1.Scalars(unpacking: [0x52, UInt8(text.count)] + text).bytesValue == text)
    }

    @Test("text with a NUL is refused in both directions, never cut")
    func nul() throws {
        for text: [UInt8] in [[0], [0x61, 0], [0, 0x61], [0x61, 0, 0x62]] {
            #expect(Self.unpack(TestingV1.Scalars.self, [0x4A, UInt8(text.count)] + text) == .nulInText)
            #expect(Self.unpack(TestingV1.Choices.self, [0x4A, UInt8(text.count)] + text) == .nulInText)
            #expect(Self.unpack(TestingV1.Repeated.self, [0x4A, UInt8(text.count)] + text) == .nulInText)
            let error = #expect(throws: ProtobufError.self) {
                try TestingV1.Scalars(stringValue: String(decoding: text, as: UTF8.self)).packed()
            }
            #expect(error?.code == .nulInText)
            #expect(error?.field == "zhike.testing.v1.Scalars.string_value")
        }
    }

    @Test("34 KB of nesting is read as what the contract knows of it")
    func nesting() {
        var bytes: [UInt8] = []
        while bytes.count < 34_000 { bytes = [0x0A] + Self.varint(bytes.count) + bytes }
        // Inner.leaf.name is the deepest the contract has: there the nesting is text with a NUL or bad UTF-8.
        #expect(Self.unpack(TestingV1.Inner.self, bytes) != nil)
        // The same within an unknown field is not looked into.
        #expect(Self.unpack(TestingV1.Inner.self, [0xBA, 0x06] + Self.varint(bytes.count) + bytes) == nil)
    }

    @Test("a mebibyte of tiny fields stops at the memory limit")
    func memoryLimit() throws {
        // Empty messages, two bytes each, and unknown fields.
        for field: [UInt8] in [[0x0A, 0], [0xBA, 0x06, 0], [0x1A, 0]] {
            let bytes = [UInt8]((0..<(1 << 20) / field.count).map { _ in field }.joined())
            #expect(Self.unpack(TestingV1.EverythingBatch.self, bytes, memoryLimit: 4 << 20) == .memoryLimit)
        }
        #expect(Self.unpack(TestingV1.Scalars.self, [0x18, 1], memoryLimit: 16) == .memoryLimit)
        #expect(Self.unpack(TestingV1.Scalars.self, [0x18, 1], memoryLimit: 1) == .tooLarge)
        #expect(Self.unpack(TestingV1.Scalars.self, [0x18, 1], memoryLimit: 0) == .tooLarge)
        #expect(Self.unpack(TestingV1.Scalars.self, [0x18, 1], memoryLimit: -1) == .tooLarge)
    }

    @Test("after a fault the same thread reads well-formed bytes")
    func afterwards() throws {
        let good = TestingV1.Scalars(stringValue: "good", bytesValue: [1, 2, 3])
        let bytes = try good.packed()
        for bad: [UInt8] in [[0xFF], [0x4A, 1, 0xFF], [0x4A, 1, 0]] {
            #expect(Self.unpack(TestingV1.Scalars.self, bad) != nil)
            #expect(try TestingV1.Scalars(unpacking: bytes) == good)
        }
    }

    @Test("bytes changed at random never do more than fail")
    func mutated() throws {
        var random = RandomMessages(values: RandomValues(generator: SeededGenerator("mutated")))
        for _ in 0..<TestTier.rounds(short: 2_000, long: 200_000) {
            var bytes = try random.everything().message.packed()
            for _ in 0...random.values.count() where !bytes.isEmpty {
                let index = Int.random(in: bytes.indices, using: &random.values.generator)
                bytes[index] = random.values.integer()
            }
            guard let message = try? TestingV1.Everything(unpacking: bytes, memoryLimit: 1 << 20) else { continue }
            // What was read can be written and read again.
            #expect(try TestingV1.Everything(unpacking: message.packed()).packed() == message.packed())
        }
    }

    private static func unpack<Message: ProtobufMessage>(
        _ type: Message.Type, _ bytes: [UInt8], memoryLimit: Int = ProtobufLimits.defaultMemoryByteCount
    ) -> ProtobufError.Code? {
        do {
            _ = try Message(unpacking: bytes, memoryLimit: memoryLimit)
            return nil
        } catch {
            return error.code
        }
    }

    private static func varint(_ value: Int) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varint(value >> 7)
    }
}
