internal import Synchronization

/// Remembers which calls were seen, so that a recorded one cannot be played again.
///
/// Bounded in time, because a call signed outside of the window is refused anyway, and in memory: when it is full, the
/// oldest second is forgotten and calls signed in or before it are too old from then on. A flood so shortens the window
/// but never opens it. What was signed before it started is too old as well, because an earlier process of the same
/// service may have seen it.
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

    private let shards: [Shard]

    init(startedAtMicroseconds: Int64, capacity: Int = 1 << 19) {
        let perShard = max(1, capacity / Self.shardCount)
        shards = (0..<Self.shardCount).map { _ in
            Shard(capacity: perShard, floorMicroseconds: startedAtMicroseconds)
        }
    }

    /// Remembers the call and says whether it is the first of its kind. The caller has checked that its time lies
    /// within the tolerance.
    func admit(_ nonce: Nonce, issuedAtMicroseconds: Int64) -> Verdict {
        shards[Int(truncatingIfNeeded: nonce.low) & (Self.shardCount - 1)].admit(nonce, issuedAtMicroseconds)
    }
}

/// Its own lock, so that calls on different threads rarely wait for each other.
private final class Shard: Sendable {
    private static let secondCount: Int64 = 64

    private struct Second {
        var second = Int64.min
        var nonces: Set<Nonce> = []
    }

    private struct State {
        var seconds = [Second](repeating: Second(), count: Int(secondCount))
        var count = 0
        var floorMicroseconds: Int64
    }

    private let capacity: Int
    private let state: Mutex<State>

    init(capacity: Int, floorMicroseconds: Int64) {
        self.capacity = capacity
        state = Mutex(State(floorMicroseconds: floorMicroseconds))
    }

    func admit(_ nonce: Nonce, _ issuedAtMicroseconds: Int64) -> ReplayWindow.Verdict {
        let second = issuedAtMicroseconds / 1_000_000
        let slot = Int(second & (Self.secondCount - 1))
        return state.withLock { state in
            while state.count >= capacity { Self.forgetOldest(&state) }
            guard issuedAtMicroseconds >= state.floorMicroseconds else { return .tooOld }
            if state.seconds[slot].second != second {
                // What stands in the slot lies a multiple of 64 seconds away: outside of every window.
                state.count -= state.seconds[slot].nonces.count
                state.seconds[slot] = Second(second: second)
            }
            guard state.seconds[slot].nonces.insert(nonce).inserted else { return .seen }
            state.count += 1
            return .fresh
        }
    }

    private static func forgetOldest(_ state: inout State) {
        var oldest: Int?
        for index in state.seconds.indices where !state.seconds[index].nonces.isEmpty {
            if oldest.map({ state.seconds[index].second < state.seconds[$0].second }) ?? true { oldest = index }
        }
        guard let oldest else { return }
        state.count -= state.seconds[oldest].nonces.count
        state.floorMicroseconds = max(state.floorMicroseconds, (state.seconds[oldest].second + 1) * 1_000_000)
        state.seconds[oldest] = Second()
    }
}
