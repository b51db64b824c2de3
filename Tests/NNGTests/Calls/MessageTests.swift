import NNG
import Testing

@Suite("messages")
struct MessageTests {
    @Test("bytes are appended, cut from both ends and read in place")
    func edit() {
        var message = Message(capacity: 4)
        #expect(message.count == 0)
        message.append([1, 2, 3])
        message.append(Array(repeating: 9, count: 3_000))
        message.chop(3_000)
        message.trim(1)
        #expect(message.count == 2)
        #expect(message.withBytes { $0.byteCount } == 2)
        #expect(message.copyBytes() == [2, 3])
        message.trim(2)
        #expect(message.copyBytes() == [])
        message.append([5])
        #expect(message.copyBytes() == [5])
    }

    @Test("a body can be written in place, and what was not written is cut off")
    func writeInPlace() {
        var message = Message(copying: [1])
        message.append(upTo: 10) { output in
            output.append(2, as: UInt8.self)
            output.append(3, as: UInt8.self)
        }
        #expect(message.copyBytes() == [1, 2, 3])
        message.withMutableBytes { $0.storeBytes(of: 8, toByteOffset: 1, as: UInt8.self) }
        #expect(message.copyBytes() == [1, 8, 3])
    }

    @Test("a write that fails leaves the message as it was")
    func failedWrite() {
        struct Refused: Error {}
        var message = Message(copying: [1, 2])
        #expect(throws: Refused.self) {
            try message.append(upTo: 10) { output throws(Refused) in
                output.append(3, as: UInt8.self)
                throw Refused()
            }
        }
        #expect(message.copyBytes() == [1, 2])
    }
}
