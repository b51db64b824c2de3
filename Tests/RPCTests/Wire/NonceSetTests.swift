import TestSupport
import Testing

@testable import RPC

/// Alone, because for some seconds it does nothing but compute, on a thread that the calls of other tests would wait for.
@Suite("the table of nonces", .tags(.alone))
struct NonceSetTests {
    @Test("takes each nonce once, and knows as much as a set does", arguments: [1, 2, 3, 4, 5] as [UInt64])
    func random(seed: UInt64) {
        // Few values, so that many come twice, and the one that marks free slots is among them.
        var generator = SeededGenerator(seed: seed)
        var table = NonceSet()
        var set: Set<Nonce> = []
        for _ in 0..<20_000 {
            let nonce = Nonce(
                high: .random(in: 0...3, using: &generator), low: .random(in: 0...2_000, using: &generator))
            let isNew = table.insert(nonce)
            #expect(isNew == set.insert(nonce).inserted)
        }
        #expect(table.count == set.count)
        #expect(set.contains(Nonce(high: 0, low: 0)))
        for nonce in set {
            let isNew = table.insert(nonce)
            #expect(!isNew)
        }
    }

    /// Of the numbers that a process draws, one in a hundred once let these nonces crowd together.
    @Test("spreads nonces that differ in one half alone, by one or by a power of two, whatever numbers were drawn")
    func counted() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<200 {
            let places = NoncePlaces(using: &generator)
            for step in [1, 1 << 20, 1 << 32, 1 << 50] as [UInt64] {
                var (byLow, byHigh) = (NonceSet(places: places), NonceSet(places: places))
                var newCount = 0
                for index in 1...2_000 as ClosedRange<UInt64> {
                    if byLow.insert(Nonce(high: 7, low: index &* step)) { newCount += 1 }
                    if byHigh.insert(Nonce(high: index &* step, low: 7)) { newCount += 1 }
                }
                #expect(newCount == 4_000)
                // Where they met in one place, each would be looked for behind a thousand others.
                #expect(longestRun(in: byLow) < 100)
                #expect(longestRun(in: byHigh) < 100)
            }
        }
    }

    /// Places taken one after the other: what a search passes at most.
    private func longestRun(in table: NonceSet) -> Int {
        table.slots.split { $0 == Nonce(high: 0, low: 0) }.map(\.count).max() ?? 0
    }

    @Test("forgets all at once")
    func removeAll() {
        var table = NonceSet()
        for low in 0..<100 as Range<UInt64> { _ = table.insert(Nonce(high: 0, low: low)) }
        table.removeAll()
        #expect(table.isEmpty)
        for low in 0..<100 as Range<UInt64> {
            let isNew = table.insert(Nonce(high: 0, low: low))
            #expect(isNew)
        }
    }
}
