import Contracts
import ProtobufC
import Testing

@Suite("Versions next to each other understand one another")
struct VersionTests {
    @Test("fields that an older reader does not know are skipped")
    func unknownFields() throws {
        let later = TestingV1.ScalarsLater(
            int64Value: 5, stringValue: "text", addedText: "new", addedInners: [.init(state: .open)], addedNumber: 1)
        let earlier = try TestingV1.Scalars(unpacking: later.packed())
        #expect(earlier == TestingV1.Scalars(int64Value: 5, stringValue: "text"))
    }

    @Test("a member of a oneof that a reader does not know leaves the oneof empty")
    func unknownMember() throws {
        // Number 18 is no member of Choices.choice in this version.
        #expect(try TestingV1.Choices(unpacking: [0x90, 1, 5]) == TestingV1.Choices())
    }

    @Test("the number of an unknown enumeration value is kept and sent on")
    func unknownEnumeration() throws {
        let color = TestingV1.Color(rawValue: 123_456)
        let message = try TestingV1.Scalars(unpacking: TestingV1.Scalars(color: color).packed())
        #expect(message.color == color)
        #expect(!message.color.isKnown)
        #expect(message.color.description == "123456")
        #expect(TestingV1.Color(protobufName: "COLOR_GREEN") == .green)
        #expect(TestingV1.Color(protobufName: "COLOR_PINK") == nil)
    }

    @Test("of map entries with equal keys the last wins; a missing key or value is its default")
    func mapEntries() throws {
        let first: [UInt8] = [0x0A, 5, 0x0A, 1, 0x61, 0x10, 1]
        let last: [UInt8] = [0x0A, 5, 0x0A, 1, 0x61, 0x10, 2]
        let empty: [UInt8] = [0x0A, 0]
        #expect(try TestingV1.Maps(unpacking: first + last).totals == ["a": 2])
        #expect(try TestingV1.Maps(unpacking: empty).totals == ["": 0])
        // A map of messages whose entry holds a key alone.
        #expect(try TestingV1.Maps(unpacking: [0x22, 2, 0x08, 7]).inners == [7: TestingV1.Inner()])
    }

    @Test("a single field given twice takes the last value; a message keeps what only its first part holds as text")
    func repeatedSingles() throws {
        let texts: [UInt8] = [0x4A, 1, 0x61, 0x4A, 1, 0x62]
        #expect(try TestingV1.Scalars(unpacking: texts).stringValue == "b")
        // No writer sends a message in two parts; protobuf-c then drops the numbers of the first.
        let first = TestingV1.Scalars(inner: .init(leaf: .init(name: "leaf"), state: .open))
        let second = TestingV1.Scalars(inner: .init(state: .lost))
        let merged = try TestingV1.Scalars(unpacking: first.packed() + second.packed())
        #expect(merged.inner == .init(leaf: .init(name: "leaf"), state: .lost))
    }

    @Test("packed and unpacked elements of a repeated number are both read")
    func packedOrNot() throws {
        // int32_values = 5: 1 and 2 packed, then 3 by itself.
        #expect(try TestingV1.Repeated(unpacking: [0x2A, 2, 1, 2, 0x28, 3]).int32Values == [1, 2, 3])
    }
}
