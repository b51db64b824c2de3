/// The calls that one shard of a `ReplayWindow` remembers, by the second in which they were signed.
struct SeenCalls {
    private static let slotCount: Int64 = 64

    /// A second and its calls; seconds that are a multiple of 64 apart share a slot.
    private struct Slot {
        var second = Int64.min
        var nonces = NonceSet()
        var lastNoted: CallInstant
    }

    /// What was signed before it is too old, as long as it stands.
    private struct Floor {
        var microseconds: Int64
        var end: CallInstant

        mutating func raise(to microseconds: Int64, at now: CallInstant) {
            self.microseconds = now < end ? max(self.microseconds, microseconds) : microseconds
            end = now + ReplayWindow.memory
        }

        func refuses(_ issuedAtMicroseconds: Int64, _ now: CallInstant) -> Bool {
            issuedAtMicroseconds < microseconds && now < end
        }
    }

    private var slots: [Slot]
    private var count = 0
    private var floor: Floor

    init(floorMicroseconds: Int64, startedAt start: CallInstant) {
        slots = [Slot](repeating: Slot(lastNoted: start), count: Int(Self.slotCount))
        floor = Floor(microseconds: floorMicroseconds, end: start + ReplayWindow.memory)
    }

    mutating func admit(
        _ nonce: Nonce, _ issuedAtMicroseconds: Int64, _ now: CallInstant, capacity: Int
    ) -> ReplayWindow.Verdict {
        guard !floor.refuses(issuedAtMicroseconds, now) else { return .tooOld }
        let second = issuedAtMicroseconds / 1_000_000
        while count >= capacity {
            guard forgetOldest(for: second, now) else { return .tooOld }
        }
        let index = Int(second & (Self.slotCount - 1))
        if slots[index].second != second {
            guard forget(index, for: second, now) else { return .tooOld }
            slots[index].second = second
        }
        // What was forgotten may be of this very second.
        guard !floor.refuses(issuedAtMicroseconds, now) else { return .tooOld }
        guard slots[index].nonces.insert(nonce) else { return .seen }
        slots[index].lastNoted = now
        count += 1
        return .fresh
    }

    /// Makes room for a call signed in `second`; false where what stands there must still be known.
    private mutating func forget(_ index: Int, for second: Int64, _ now: CallInstant) -> Bool {
        guard !slots[index].nonces.isEmpty else { return true }
        if slots[index].second <= second {
            // In a slot of its own it is far behind the window, and comes back only where the clock is set back.
            floor.raise(to: (slots[index].second + 1) * 1_000_000, at: now)
        } else if !isOver(index, now) {
            // The clock was set back. A floor above what stands ahead of it would be above every call of the present.
            return false
        }
        count -= slots[index].nonces.count
        slots[index].nonces.removeAll()
        slots[index].second = .min
        return true
    }

    private mutating func forgetOldest(for second: Int64, _ now: CallInstant) -> Bool {
        /// What still stands ahead of a clock that was set back goes first, once it may go.
        func age(_ index: Int) -> Int64 {
            slots[index].second > second && isOver(index, now) ? .min : slots[index].second
        }
        let oldest = slots.indices.filter { !slots[$0].nonces.isEmpty }.min { age($0) < age($1) }
        guard let oldest else { return true }
        return forget(oldest, for: second, now)
    }

    private func isOver(_ index: Int, _ now: CallInstant) -> Bool {
        now >= slots[index].lastNoted + ReplayWindow.memory
    }
}
