import Contracts
import ProtobufC
import TestSupport
import Testing

@Suite("Our bytes and protoc's are the same")
struct ProtocComparisonTests {
    private static let count = 400

    @Test("random messages pack to the bytes that protoc makes of the same content")
    func packing() throws {
        var random = RandomMessages(values: RandomValues(generator: SeededGenerator("packing")))
        let batch = Self.batch(&random)
        let bytes = try Protoc(messageName: "zhike.testing.v1.EverythingBatch").encode(batch.text)
        #expect(try batch.message.packed() == bytes)
        #expect(try TestingV1.EverythingBatch(unpacking: bytes) == batch.message)
    }

    @Test("what protoc reads in our bytes, it writes as the same bytes")
    func reading() throws {
        var random = RandomMessages(values: RandomValues(generator: SeededGenerator("reading")))
        let bytes = try Self.batch(&random).message.packed()
        let protoc = Protoc(messageName: "zhike.testing.v1.EverythingBatch")
        #expect(try protoc.encode(protoc.decode(bytes)) == bytes)
    }

    @Test("messages with maps are equal after either side has decoded the other's")
    func maps() throws {
        var random = RandomMessages(values: RandomValues(generator: SeededGenerator("maps")))
        var batch = Written(message: TestingV1.MapsBatch())
        for _ in 0..<Self.count { batch.append(\.items, "items", random.maps()) }
        let protoc = Protoc(messageName: "zhike.testing.v1.MapsBatch")
        #expect(try TestingV1.MapsBatch(unpacking: protoc.encode(batch.text)) == batch.message)
        let returned = try protoc.encode(protoc.decode(batch.message.packed()))
        #expect(try TestingV1.MapsBatch(unpacking: returned) == batch.message)
    }

    @Test("equal messages with maps pack to equal bytes")
    func mapOrder() throws {
        let keys = (0..<50).map { "key \($0)" }
        let forwards = TestingV1.Maps(totals: Dictionary(uniqueKeysWithValues: keys.map { ($0, 1) }))
        var backwards = TestingV1.Maps()
        for key in keys.reversed() { backwards.totals[key] = 1 }
        #expect(try forwards.packed() == backwards.packed())
    }

    private static func batch(_ random: inout RandomMessages) -> Written<TestingV1.EverythingBatch> {
        var batch = Written(message: TestingV1.EverythingBatch())
        for _ in 0..<count { batch.append(\.items, "items", random.everything()) }
        return batch
    }
}
