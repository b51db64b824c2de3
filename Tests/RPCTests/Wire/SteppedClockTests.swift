import TestSupport
import Testing

@testable import RPC

/// What the replay window makes of a clock on the wall that is set, while the clock that nobody sets goes on.
@Suite("The replay window and clocks that are set")
struct SteppedClockTests {
    private static let start: Int64 = 1_800_000_000_000_000
    private static let begin = CallInstant.now
    /// Longer than the window's memory, with a second for callers who are a little behind.
    private static let minute: Int64 = 62_000_000

    /// A window that began at `start`, and the two clocks.
    private struct Service {
        let window = ReplayWindow(startedAtMicroseconds: start, at: begin, capacity: 1 << 16)
        var elapsed: Int64 = 0
        /// How much further on than `elapsed` the clock on the wall is.
        var offset: Int64 = 0

        var wall: Int64 { start + elapsed + offset }

        func admit(_ nonce: Nonce, issuedAt issued: Int64) -> ReplayWindow.Verdict {
            window.admit(nonce, issuedAtMicroseconds: issued, at: begin + .microseconds(elapsed))
        }
    }

    /// One nonce for each shard and more, so that what is remembered by shard is seen in all of them.
    private static func nonces(_ high: UInt64) -> [Nonce] {
        (0..<400).map { Nonce(high: high, low: $0) }
    }

    @Test("a clock that is set back soon after the start keeps changes out for a minute, not for as long as the step")
    func backAfterStart() {
        var service = Service()
        service.elapsed = 10_000_000
        service.offset = -3_600_000_000
        #expect(service.admit(Nonce(high: 1, low: 1), issuedAt: service.wall) == .tooOld)
        service.elapsed += Self.minute
        #expect(service.admit(Nonce(high: 1, low: 1), issuedAt: service.wall) == .fresh)
        #expect(service.admit(Nonce(high: 1, low: 1), issuedAt: service.wall) == .seen)
    }

    @Test("a call whose second was overwritten is no fresh one when the clock is set back to it")
    func backToOverwritten() {
        var service = Service()
        service.elapsed = 1_000_000
        let recorded = service.wall
        for nonce in Self.nonces(1) { #expect(service.admit(nonce, issuedAt: recorded) == .fresh) }
        service.elapsed += 64_000_000
        for nonce in Self.nonces(2) { #expect(service.admit(nonce, issuedAt: service.wall) == .fresh) }
        service.elapsed += 1_000_000
        service.offset = -40_000_000
        for nonce in Self.nonces(1) { #expect(service.admit(nonce, issuedAt: recorded) == .tooOld) }
        service.elapsed += Self.minute
        for nonce in Self.nonces(3) { #expect(service.admit(nonce, issuedAt: service.wall) == .fresh) }
    }

    @Test("what was seen before the clock was set back is not forgotten for what comes after it")
    func seenBeforeStep() {
        var service = Service()
        service.elapsed = 300_000_000
        let recorded = service.wall
        for nonce in Self.nonces(1) { #expect(service.admit(nonce, issuedAt: recorded) == .fresh) }
        // To another second of the same slot.
        service.offset = -64_000_000
        for nonce in Self.nonces(2) { #expect(service.admit(nonce, issuedAt: service.wall) == .tooOld) }
        service.elapsed += 40_000_000
        for nonce in Self.nonces(1) { #expect(service.admit(nonce, issuedAt: recorded) == .seen) }
    }

    @Test("a flood before the clock was set back keeps changes out for a minute alone")
    func flood() {
        var service = Service()
        service.elapsed = 300_000_000
        for number: UInt64 in 0..<200_000 {
            if number.isMultiple(of: 20_000) { service.elapsed += 1_000_000 }
            _ = service.admit(Nonce(high: 1, low: number), issuedAt: service.wall)
        }
        service.offset = -200_000_000
        #expect(service.admit(Nonce(high: 2, low: 1), issuedAt: service.wall) == .tooOld)
        service.elapsed += Self.minute
        for second: UInt64 in 0..<100 {
            for nonce in Self.nonces(3 + second) { #expect(service.admit(nonce, issuedAt: service.wall) == .fresh) }
            service.elapsed += 1_000_000
        }
    }

    @Test("however the clock is set, nothing is fresh twice within a minute, and a minute later everything is taken")
    func anySteps() {
        var generator = SeededGenerator("stepped clock")
        for _ in 0..<20 {
            var service = Service()
            var lastStep: Int64 = 0
            var taken: [(nonce: Nonce, issued: Int64, moment: Int64)] = []
            for _ in 0..<5_000 {
                service.elapsed += 100_000
                if Int.random(in: 0..<700, using: &generator) == 0 {
                    service.offset += Int64.random(in: -300_000_000...300_000_000, using: &generator)
                    lastStep = service.elapsed
                }
                let nonce = Nonce(high: generator.next(), low: generator.next())
                let issued = service.wall + Int64.random(in: -900_000...900_000, using: &generator)
                let verdict = service.admit(nonce, issuedAt: issued)
                #expect(verdict == .fresh || service.elapsed - lastStep < Self.minute)
                if verdict == .fresh { taken.append((nonce, issued, service.elapsed)) }
                // Of what was taken in the last minute, anything that the window's tolerance lets in again.
                guard let old = taken.suffix(600).randomElement(using: &generator),
                    service.elapsed - old.moment <= 60_000_000, abs(service.wall - old.issued) <= 30_000_000
                else { continue }
                #expect(service.admit(old.nonce, issuedAt: old.issued) != .fresh)
            }
        }
    }

    @Test("nonces that differ in either half alone are spread over all shards")
    func shards() {
        for nonces in [
            (0..<1_000).map { Nonce(high: $0, low: 5) }, (0..<1_000).map { Nonce(high: 5, low: $0) },
            (0..<1_000).map { Nonce(high: $0 << 32, low: 0) }, (0..<1_000).map { Nonce(high: 0, low: $0 << 40) },
        ] {
            let counts = Dictionary(grouping: nonces, by: ReplayWindow.shard(of:)).mapValues(\.count)
            #expect(counts.count == ReplayWindow.shardCount)
            #expect(counts.values.allSatisfy { $0 < 200 })
            #expect(Set(nonces.map(\.hashValue)).count > 990)
        }
    }
}
