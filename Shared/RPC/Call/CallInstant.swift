#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A moment by the clock that nobody sets and that goes on while the machine sleeps: the one of `ContinuousClock`.
///
/// In place of `ContinuousClock.Instant` in whatever a call carries with it. How that type is laid out is the standard
/// library's own business, so every value that holds one is moved and copied by way of tables at run time. Those who use
/// this module see `ContinuousClock.Instant`.
public struct CallInstant: Sendable, Hashable, Comparable {
    /// Since the machine started.
    private let nanoseconds: Int64

    public static var now: CallInstant { CallInstant(nanoseconds: machineNanoseconds()) }

    public init(_ instant: ContinuousClock.Instant) {
        let (origin, nanoseconds) = Self.origin
        self = CallInstant(nanoseconds: nanoseconds) + origin.duration(to: instant)
    }

    private init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// One moment by both, to count from.
    private static let origin = (ContinuousClock.now, machineNanoseconds())

    private static func machineNanoseconds() -> Int64 {
        var time = timespec()
        #if canImport(Glibc)
            clock_gettime(CLOCK_BOOTTIME, &time)
        #else
            clock_gettime(CLOCK_MONOTONIC_RAW, &time)
        #endif
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    public var continuous: ContinuousClock.Instant {
        let (origin, nanoseconds) = Self.origin
        return origin + .nanoseconds(self.nanoseconds - nanoseconds)
    }

    public func nanoseconds(to other: CallInstant) -> Int64 { other.nanoseconds - nanoseconds }

    public func duration(to other: CallInstant) -> Duration { .nanoseconds(nanoseconds(to: other)) }

    /// The time that remains, as the wire says it. Rounded up, so that the server never gives up before the caller does by
    /// rounding alone; zero where it is over.
    func milliseconds(until deadline: CallInstant) -> UInt32 {
        let remaining = nanoseconds(to: deadline)
        return remaining > 0 ? UInt32(clamping: (remaining - 1) / 1_000_000 + 1) : 0
    }

    /// Seconds that are counted at most, a century: moments further away than that are all the same to a call, and no
    /// difference of two overflows.
    private static let longest: Int64 = 100 * 366 * 86_400

    public static func + (instant: CallInstant, duration: Duration) -> CallInstant {
        let (seconds, attoseconds) = duration.components
        let counted = min(max(seconds, -longest), longest) * 1_000_000_000 + attoseconds / 1_000_000_000
        let bound = longest * 1_000_000_000
        return CallInstant(nanoseconds: min(max(instant.nanoseconds + counted, -bound), bound))
    }

    public static func < (left: CallInstant, right: CallInstant) -> Bool { left.nanoseconds < right.nanoseconds }
}
