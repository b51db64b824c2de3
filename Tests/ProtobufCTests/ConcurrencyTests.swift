import Contracts
import ProtobufC
import Testing

@Suite("Every thread has its own memory")
struct ConcurrencyTests {
    @Test("many tasks pack and unpack at once")
    func tasks() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<32 {
                group.addTask {
                    let message = TestingV1.Repeated(
                        int64Values: [Int64](repeating: Int64(task), count: task * 50),
                        stringValues: (0..<task).map { "\(task) \($0)" })
                    for _ in 0..<50 {
                        let copy = try TestingV1.Repeated(unpacking: message.packed())
                        #expect(copy == message)
                        await Task.yield()
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("a message packed while another's bytes are lent leaves them whole")
    func nested() throws {
        let outer = TestingV1.EchoRequest(text: "outer", payload: [UInt8](repeating: 7, count: 10_000))
        let inner = TestingV1.EchoRequest(text: "inner", payload: [UInt8](repeating: 9, count: 200_000))
        let expected = try outer.packed()
        let matches = try outer.withPackedBytes { bytes in
            let innerBytes = (try? inner.packed()) ?? []
            let isInnerWhole = (try? TestingV1.EchoRequest(unpacking: innerBytes)) == inner
            return isInnerWhole && bytes.withUnsafeBytes { $0.elementsEqual(expected) }
        }
        #expect(matches)
    }

    @Test("messages of many sizes follow each other in one memory")
    func sizes() throws {
        for byteCount in [0, 1, 7, 8, 65_000, 65_536, 3_000_000, 100, 5_000_000, 8] {
            let message = TestingV1.EchoRequest(
                text: String(repeating: "知", count: byteCount / 3), payload: [UInt8](repeating: 1, count: byteCount))
            #expect(try TestingV1.EchoRequest(unpacking: message.packed(), memoryLimit: 1 << 30) == message)
        }
    }
}
