import TestSupport
import Testing

@testable import RPC

@Suite("A bundle of calls")
struct BundleTests {
    private static func items(of bytes: [UInt8]) -> [CallBundle.Item]? {
        CallBundle.items(of: bytes, bytes.indices)
    }

    @Test("what goes in comes out, in order")
    func roundTrip() {
        var generator = SeededGenerator("bundles")
        func bytes(_ counts: ClosedRange<Int>) -> [UInt8] {
            (0..<Int.random(in: counts, using: &generator)).map { _ in
                UInt8.random(in: .min ... .max, using: &generator)
            }
        }
        for _ in 0..<200 {
            let count = Int.random(in: 1...CallBundle.longestItemCount, using: &generator)
            let items = (0..<count).map { _ in (envelope: bytes(0...200), body: bytes(0...300)) }
            var frame: [UInt8] = [1, 2, 3]
            for item in items {
                let start = CallBundle.beginItem(in: &frame)
                frame += item.envelope
                frame.finishPart(from: start)
                frame += item.body
                CallBundle.finishItem(from: start, in: &frame)
                CallBundle.setRemaining(7, ofItemAt: start - CallBundle.itemHeaderByteCount, in: &frame)
            }
            let read = CallBundle.items(of: frame, 3..<frame.count)
            #expect(read?.map { Array(frame[$0.envelope]) } == items.map(\.envelope))
            #expect(read?.map { Array(frame[$0.body]) } == items.map(\.body))
            #expect(read?.allSatisfy { $0.remainingMilliseconds == 7 } == true)
            let written = items.flatMap { BundleForm.item($0.envelope, $0.body, remainingMilliseconds: 7) }
            #expect(Array(frame.dropFirst(3)) == written)
        }
    }

    @Test("the most and longest items fit a message")
    func longest() throws {
        let key = try ServiceKey.random(
            id: String(repeating: "k", count: 64), service: String(repeating: "s", count: 64))
        let part = BundlePart(body: [UInt8](repeating: 7, count: CallBundle.longestItemByteCount - 8))
        let (frame, _) = BundleSealer(key).seal([BundlePart](repeating: part, count: CallBundle.longestItemCount))
        #expect(frame.count <= RPCLimits.messageBytes)
        let parts = try WireLayout.parts(of: frame, magic: WireLayout.bundleMagic)
        #expect(CallBundle.items(of: frame, parts.body)?.count == CallBundle.longestItemCount)
    }

    @Test("bytes cut anywhere, too many items, none, and absurd lengths are no items")
    func hostile() {
        let good = BundleForm.item([1], [2, 3]) + BundleForm.item([], [4]) + BundleForm.item([5], [])
        // Where an item ends, a shorter bundle ends as well.
        for count in good.indices where ![15, 28].contains(count) {
            #expect(Self.items(of: Array(good[..<count])) == nil, "\(count) bytes")
        }
        #expect(Self.items(of: good)?.count == 3)
        #expect(Self.items(of: good + [0]) == nil)
        let short = BundleForm.item([], [1])
        #expect(Self.items(of: Array([[UInt8]](repeating: short, count: CallBundle.longestItemCount).joined())) != nil)
        #expect(
            Self.items(of: Array([[UInt8]](repeating: short, count: CallBundle.longestItemCount + 1).joined())) == nil)
        let long = [UInt8](repeating: 1, count: CallBundle.longestItemByteCount - 8)
        #expect(Self.items(of: BundleForm.item([], long)) != nil)
        #expect(Self.items(of: BundleForm.item([], long + [1])) == nil)
        #expect(Self.items(of: BundleForm.item([UInt8](repeating: 1, count: RPCLimits.envelopeBytes + 1), [])) == nil)
        for length: [UInt8] in [
            [0xFF, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0], [0, 0, 0, 13], [0, 0, 0, 7], [0, 0, 0, 0],
        ] {
            #expect(Self.items(of: length + [0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4]) == nil)
        }
        for length: [UInt8] in [[0xFF, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0], [0, 0, 0, 5]] {
            #expect(Self.items(of: [0, 0, 0, 12, 0, 0, 0, 1] + length + [1, 2, 3, 4]) == nil)
        }
    }
}
