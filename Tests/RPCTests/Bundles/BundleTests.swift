import RPC
import TestSupport
import Testing

@testable import RPCNNGTransport

@Suite("A bundle of calls")
struct BundleTests {
    @Test("what goes in comes out, in order")
    func roundTrip() {
        var generator = SeededGenerator("bundles")
        for _ in 0..<200 {
            let items = (0..<Int.random(in: 1...Bundle.longestItemCount, using: &generator)).map { _ in
                (0..<Int.random(in: 1...300, using: &generator)).map { _ in
                    UInt8.random(in: .min ... .max, using: &generator)
                }
            }
            #expect(Bundle.items(of: Bundle.bytes(of: items)) == items)
        }
    }

    @Test("the most and longest items fit a message")
    func longest() {
        let items = [[UInt8]](
            repeating: [UInt8](repeating: 7, count: Bundle.longestItemByteCount), count: Bundle.longestItemCount)
        let bytes = Bundle.bytes(of: items)
        #expect(bytes.count <= RPCLimits.messageBytes)
        #expect(Bundle.items(of: bytes) == items)
    }

    @Test("bytes cut anywhere, too many items, empty ones and absurd lengths are no bundle")
    func hostile() {
        let good = Bundle.bytes(of: [[1, 2, 3], [4], [5, 6]])
        // Where an item ends, a shorter bundle ends as well.
        for count in good.indices where ![15, 20].contains(count) {
            #expect(Bundle.items(of: Array(good[..<count])) == nil, "\(count) bytes")
        }
        #expect(Bundle.items(of: good + [0]) == nil)
        for index in 0..<8 {
            var other = good
            other[index] ^= 1
            #expect(Bundle.items(of: other) == nil, "header byte \(index)")
        }
        #expect(Bundle.items(of: Bundle.bytes(of: [[1], []])) == nil)
        #expect(
            Bundle.items(of: Bundle.bytes(of: [[UInt8]](repeating: [1], count: Bundle.longestItemCount + 1))) == nil)
        #expect(
            Bundle.items(of: Bundle.bytes(of: [[UInt8](repeating: 1, count: Bundle.longestItemByteCount + 1)])) == nil)
        for length: [UInt8] in [[0xFF, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0], [0, 0, 0, 4]] {
            #expect(Bundle.items(of: Array(good[..<8]) + length + [1, 2, 3]) == nil)
        }
    }
}
