/// How often and how fast a call is repeated after UNAVAILABLE or RESOURCE_EXHAUSTED.
///
/// Only calls that may be repeated are: methods marked read or idempotent, and calls with an idempotency key.
public struct RetryPolicy: Sendable, Hashable {
    /// Attempts in all, the first included; 1 never repeats.
    public var attemptLimit: Int
    /// The upper bound of the wait before the second attempt; it doubles with each further one.
    public var firstBackoffMilliseconds: Int
    public var longestBackoffMilliseconds: Int

    public init(attemptLimit: Int = 4, firstBackoffMilliseconds: Int = 50, longestBackoffMilliseconds: Int = 1_000) {
        self.attemptLimit = attemptLimit
        self.firstBackoffMilliseconds = firstBackoffMilliseconds
        self.longestBackoffMilliseconds = longestBackoffMilliseconds
    }

    public static let never = RetryPolicy(attemptLimit: 1)

    /// The wait after the attempt of this number (1 is the first), drawn evenly between half of the bound and the bound
    /// so that callers who failed together do not come back together; never shorter than the server asked for.
    func backoff(
        afterAttempt attempt: Int, serverAsksMilliseconds: Int?, using generator: inout some RandomNumberGenerator
    ) -> Duration {
        let doublings = min(max(attempt - 1, 0), 20)
        let bound = max(1, min(longestBackoffMilliseconds, firstBackoffMilliseconds << doublings))
        let drawn = Int.random(in: (bound + 1) / 2...bound, using: &generator)
        guard let asked = serverAsksMilliseconds, asked > 0 else { return .milliseconds(drawn) }
        return .milliseconds(asked + drawn)
    }
}
