internal import CNNG

/// Milliseconds of the machine's monotonic clock, the unit that NNG counts in.
struct MachineTime: Sendable, Hashable, Comparable {
    let milliseconds: UInt64

    static var now: MachineTime {
        // Even asking for the time makes NNG create its threads.
        LibraryThreads.start()
        return MachineTime(milliseconds: nng_clock())
    }

    static func < (left: MachineTime, right: MachineTime) -> Bool { left.milliseconds < right.milliseconds }

    func advanced(by duration: Duration) -> MachineTime {
        MachineTime(milliseconds: milliseconds &+ UInt64(duration.wholeMilliseconds))
    }

    /// Never 0, which NNG takes for a poll, and never longer than NNG can count.
    func remainingMilliseconds(from now: MachineTime) -> Int32 {
        guard self > now else { return 1 }
        return Int32(clamping: min(milliseconds - now.milliseconds, UInt64(Duration.longestMilliseconds)))
    }
}

extension Duration {
    /// Some twelve days; longer waits are cut to it.
    fileprivate static let longestMilliseconds: Int64 = 1 << 30

    /// Rounded up, at least 1 and at most some twelve days.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 1 }
        guard seconds < Self.longestMilliseconds / 1_000 else { return Self.longestMilliseconds }
        return max(1, seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
