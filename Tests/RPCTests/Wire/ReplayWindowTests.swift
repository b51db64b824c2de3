import TestSupport
import Testing

@testable import RPC

@Suite("The replay window")
struct ReplayWindowTests {
    private static let start: Int64 = 1_800_000_000_000_000
    private static let begin = CallInstant.now

    /// So long after the window began, by the clock that nobody sets.
    private static func after(_ microseconds: Int64) -> CallInstant {
        begin + .microseconds(microseconds)
    }

    private static func window(capacity: Int = 1 << 19) -> ReplayWindow {
        ReplayWindow(startedAtMicroseconds: start, at: begin, capacity: capacity)
    }

    @Test("each nonce is fresh once")
    func once() {
        let window = Self.window()
        for number: UInt64 in 0..<1_000 {
            let nonce = Nonce(high: 1, low: number)
            #expect(window.admit(nonce, issuedAtMicroseconds: Self.start + 5, at: Self.begin) == .fresh)
            #expect(window.admit(nonce, issuedAtMicroseconds: Self.start + 5, at: Self.begin) == .seen)
        }
    }

    @Test("what was signed before the window began is not known, so it is refused")
    func beforeStart() {
        let window = Self.window()
        #expect(window.admit(Nonce(high: 1, low: 1), issuedAtMicroseconds: Self.start - 1, at: Self.begin) == .tooOld)
        #expect(window.admit(Nonce(high: 1, low: 1), issuedAtMicroseconds: Self.start, at: Self.begin) == .fresh)
    }

    @Test("a flood shortens the window and never lets a call in twice")
    func flood() {
        let capacity = 1_600
        let window = Self.window(capacity: capacity)
        var admitted: [(Nonce, Int64)] = []
        // A hundred calls each tenth of a second, for forty seconds.
        for step: Int64 in 0..<400 {
            for number: UInt64 in 0..<100 {
                let nonce = Nonce(high: UInt64(step), low: number)
                let issued = Self.start + step * 100_000
                #expect(window.admit(nonce, issuedAtMicroseconds: issued, at: Self.after(step * 100_000)) == .fresh)
                admitted.append((nonce, issued))
            }
        }
        for (nonce, issued) in admitted {
            #expect(window.admit(nonce, issuedAtMicroseconds: issued, at: Self.after(40_000_000)) != .fresh)
        }
    }

    @Test("calls that arrive out of order, up to a minute apart, are each known")
    func outOfOrder() {
        var generator = SeededGenerator("replay window")
        let window = Self.window()
        var seen: [(Nonce, Int64)] = []
        for step: Int64 in 0..<3_000 {
            // The server's clock goes on by a tenth of a second, callers are off by up to 30 s.
            let issued =
                Self.start + 30_000_000 + step * 100_000
                + Int64.random(in: -30_000_000...30_000_000, using: &generator)
            let nonce = Nonce(high: generator.next(), low: generator.next())
            let moment = Self.after(30_000_000 + step * 100_000)
            #expect(window.admit(nonce, issuedAtMicroseconds: issued, at: moment) == .fresh)
            seen.append((nonce, issued))
            // Anything that is still within the tolerance must be known.
            let old = seen[Int.random(in: max(0, seen.count - 300)..<seen.count, using: &generator)]
            let now = Self.start + 30_000_000 + step * 100_000
            if abs(now - old.1) <= 30_000_000 {
                #expect(window.admit(old.0, issuedAtMicroseconds: old.1, at: moment) == .seen)
            }
        }
    }
}
