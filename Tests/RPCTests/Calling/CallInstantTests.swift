import TestSupport
import Testing

@testable import RPC

@Suite("The moments of a call")
struct CallInstantTests {
    @Test("a moment becomes one of the continuous clock and back without loss")
    func conversion() {
        var generator = SeededGenerator("moments")
        for _ in 0..<200 {
            let instant =
                ContinuousClock.now + .nanoseconds(Int64.random(in: -(1 << 50)...(1 << 50), using: &generator))
            #expect(CallInstant(instant).continuous == instant)
            #expect(CallInstant(CallInstant(instant).continuous) == CallInstant(instant))
        }
    }

    @Test("it goes on as the continuous clock does")
    func sameClock() {
        let before = ContinuousClock.now
        let moment = CallInstant.now.continuous
        let after = ContinuousClock.now
        // The two were set against each other once, one after the other.
        #expect(before - .milliseconds(100) <= moment && moment <= after + .milliseconds(100))
    }

    @Test("sums and differences agree, and what is beyond all counting stays in order")
    func sums() {
        let now = CallInstant.now
        #expect((now + .milliseconds(1_500)).nanoseconds(to: now) == -1_500_000_000)
        #expect(now.duration(to: now + .seconds(7)) == .seconds(7))
        #expect((now + .nanoseconds(-3)).nanoseconds(to: now) == 3)
        let (far, past) = (now + .seconds(Int64.max), now + .seconds(Int64.min))
        #expect(past < now && now < far && far + .seconds(1) == far)
        #expect(past.nanoseconds(to: far) > 0 && far.nanoseconds(to: past) < 0)
    }
}
