internal import Synchronization

/// Remembers which calls were seen, so that a recorded one cannot be played again.
///
/// Bounded in time, because a call signed outside of the window is refused anyway, and in memory: when it is full, the
/// oldest second is forgotten and calls signed in or before it are too old from then on. A flood so shortens the window
/// but never opens it. What was signed before it started is too old as well, because an earlier process of the same
/// service may have seen it.
///
/// Callers sign by the clock on the wall, which can be set back. What was forgotten then comes into the window again,
/// so calls of that time stay too old; but only for `memory` by the clock that nobody sets, or the service would do
/// nothing until the time that was set back has passed once more.
final class ReplayWindow: Sendable {
    enum Verdict: Equatable {
        case fresh
        /// The nonce was seen before.
        case seen
        /// Signed too long ago for this window to know.
        case tooOld
    }

    static let shardCount = 16
    /// A call may be this much older or newer than the server's clock.
    static let toleranceSeconds: Int64 = 30
    /// How long it is known that a call was seen. One that is signed ahead of the server's clock is accepted for twice
    /// the tolerance; the second more is for a clock that is slowed down meanwhile.
    static let memory = Duration.seconds(2 * toleranceSeconds + 1)

    private let shards: [Shard]

    init(startedAtMicroseconds: Int64, at start: CallInstant = .now, capacity: Int = 1 << 19) {
        let perShard = max(1, capacity / Self.shardCount)
        shards = (0..<Self.shardCount).map { _ in
            Shard(capacity: perShard, floorMicroseconds: startedAtMicroseconds, startedAt: start)
        }
    }

    /// Remembers the call and says whether it is the first of its kind. The caller has checked that its time lies
    /// within the tolerance.
    func admit(_ nonce: Nonce, issuedAtMicroseconds: Int64, at now: CallInstant) -> Verdict {
        shards[Self.shard(of: nonce)].admit(nonce, issuedAtMicroseconds, now)
    }

    /// Either half of a nonce may be the one that counts, and the other the same for all calls of a process.
    static func shard(of nonce: Nonce) -> Int {
        // Multiplied by odd numbers (those of SplitMix64), the highest bits depend on all the others.
        let mixed = ((nonce.high &* 0x9E37_79B9_7F4A_7C15) ^ nonce.low) &* 0xBF58_476D_1CE4_E5B9
        return Int(truncatingIfNeeded: mixed &>> 60) & (shardCount - 1)
    }
}

/// Its own lock, so that calls on different threads rarely wait for each other.
private final class Shard: Sendable {
    private let capacity: Int
    private let state: Mutex<SeenCalls>

    init(capacity: Int, floorMicroseconds: Int64, startedAt start: CallInstant) {
        self.capacity = capacity
        state = Mutex(SeenCalls(floorMicroseconds: floorMicroseconds, startedAt: start))
    }

    func admit(
        _ nonce: Nonce, _ issuedAtMicroseconds: Int64, _ now: CallInstant
    ) -> ReplayWindow.Verdict {
        state.withLock { $0.admit(nonce, issuedAtMicroseconds, now, capacity: capacity) }
    }
}
