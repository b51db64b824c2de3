internal import Synchronization

/// Lets a channel repeat at most one call in ten over time, so that repeating cannot turn an overload into a collapse.
///
/// Each call earns a tenth of a repetition, up to ten in store.
final class RetryBudget: Sendable {
    private static let price = 10
    private static let longestStore = 100
    private let tenths = Atomic<Int>(longestStore)

    func earn() {
        // Nearly always the store is full; then nothing is written, and the line of memory stays shared.
        guard tenths.load(ordering: .relaxed) < Self.longestStore else { return }
        tenths.add(1, ordering: .relaxed)
    }

    /// Takes one repetition; false when there is none.
    func spend() -> Bool {
        var current = tenths.load(ordering: .relaxed)
        while current >= Self.price {
            let (exchanged, original) = tenths.weakCompareExchange(
                expected: current, desired: current - Self.price, ordering: .relaxed)
            if exchanged { return true }
            current = original
        }
        return false
    }
}
