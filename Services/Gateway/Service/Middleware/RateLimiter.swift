internal import Hummingbird
internal import Synchronization

/// A bucket of tokens for each caller: it refills steadily, and a request takes one out.
final class RateLimiter: Sendable {
    private let requestsPerSecond: Double
    private let burst: Double
    private let buckets = Mutex<[String: Bucket]>([:])
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Callers remembered at once; those with a full bucket are forgotten first, which changes nothing for them.
    private static let bucketLimit = 10_000

    private struct Bucket {
        var tokens: Double
        var at: ContinuousClock.Instant
    }

    init(
        requestsPerSecond: Int, burst: Int, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.requestsPerSecond = Double(requestsPerSecond)
        self.burst = Double(burst)
        self.now = now
    }

    /// Lets one request of this caller pass, or says when to come again.
    func pass(_ caller: String) throws(Problem) {
        let instant = now()
        let missing = buckets.withLock { buckets -> Double in
            var bucket = buckets[caller] ?? Bucket(tokens: burst, at: instant)
            bucket.tokens = min(burst, bucket.tokens + bucket.at.duration(to: instant).seconds * requestsPerSecond)
            bucket.at = instant
            let missing = 1 - bucket.tokens
            if missing <= 0 { bucket.tokens -= 1 }
            if buckets.count >= Self.bucketLimit, buckets[caller] == nil { forgetFull(&buckets, at: instant) }
            buckets[caller] = bucket
            return missing
        }
        guard missing > 0 else { return }
        var problem = Problem(
            .tooManyRequests, "rate_limited", "Too many requests for this token: send fewer, or in batches.")
        problem.retryAfterSeconds = max(1, Int((missing / requestsPerSecond).rounded(.up)))
        throw problem
    }

    private func forgetFull(_ buckets: inout [String: Bucket], at instant: ContinuousClock.Instant) {
        buckets = buckets.filter { _, bucket in
            bucket.tokens + bucket.at.duration(to: instant).seconds * requestsPerSecond < burst
        }
        if buckets.count >= Self.bucketLimit { buckets.removeAll(keepingCapacity: true) }
    }
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
