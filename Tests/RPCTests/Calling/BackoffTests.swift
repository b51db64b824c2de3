import TestSupport
import Testing

@testable import RPC

@Suite("The wait between two attempts")
struct BackoffTests {
    @Test("it doubles up to its bound, is drawn from the upper half, and adds to what the server asks")
    func grows() {
        var generator = SeededGenerator("backoff")
        let policy = RetryPolicy(attemptLimit: 9, firstBackoffMilliseconds: 50, longestBackoffMilliseconds: 300)
        for _ in 0..<200 {
            for (attempt, bound) in [(1, 50), (2, 100), (3, 200), (4, 300), (60, 300)] {
                let wait = policy.backoff(
                    afterAttempt: attempt, serverAsksMilliseconds: nil, using: &generator)
                #expect(wait >= .milliseconds(bound / 2) && wait <= .milliseconds(bound))
            }
            let asked = policy.backoff(afterAttempt: 1, serverAsksMilliseconds: 1_000, using: &generator)
            #expect(asked >= .milliseconds(1_025) && asked <= .milliseconds(1_050))
        }
    }

    @Test("two callers rarely wait equally long")
    func jitter() {
        var generator = SeededGenerator("jitter")
        let policy = RetryPolicy(firstBackoffMilliseconds: 1_000)
        let waits = (0..<100).map { _ in
            policy.backoff(afterAttempt: 1, serverAsksMilliseconds: nil, using: &generator)
        }
        #expect(Set(waits).count > 50)
    }
}
