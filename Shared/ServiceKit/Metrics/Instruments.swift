internal import Metrics
internal import Synchronization

final class CounterInstrument: CounterHandler, FloatingPointCounterHandler {
    private let total = Mutex(0.0)

    var value: Double { total.withLock { $0 } }

    func increment(by amount: Int64) { total.withLock { $0 += Double(amount) } }
    func increment(by amount: Double) { total.withLock { $0 += max(0, amount) } }
    func reset() { total.withLock { $0 = 0 } }
}

final class GaugeInstrument: RecorderHandler, MeterHandler {
    private let current = Mutex(0.0)

    var value: Double { current.withLock { $0 } }

    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { current.withLock { $0 = value } }
    func increment(by amount: Double) { current.withLock { $0 += amount } }
    func decrement(by amount: Double) { current.withLock { $0 -= amount } }
}

/// Counts without a lock, for which threads that end calls at the same moment would wait, tens of thousands of times a
/// second.
final class HistogramInstrument: RecorderHandler, TimerHandler {
    /// So many bounds fit.
    static let boundLimit = 31

    struct State {
        let bounds: [Double]
        /// One more than bounds: the last counts what lies above all.
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    /// Behind the last bound's the one that counts what lies above; the rest stay at zero.
    private let counts = InlineArray<32, Atomic<UInt64>> { _ in Atomic(0) }
    /// The bits of a `Double`.
    private let sum = Atomic<UInt64>(Double(0).bitPattern)

    init(bounds: [Double]) {
        precondition(bounds.count <= Self.boundLimit, "a histogram has at most \(Self.boundLimit) bounds")
        self.bounds = bounds
    }

    /// What is recorded meanwhile may be counted and not yet in the sum.
    var state: State {
        State(
            bounds: bounds, counts: (0...bounds.count).map { counts[$0].load(ordering: .relaxed) },
            sum: Double(bitPattern: sum.load(ordering: .relaxed)))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count].wrappingAdd(1, ordering: .relaxed)
        var current = sum.load(ordering: .relaxed)
        while true {
            let (exchanged, original) = sum.weakCompareExchange(
                expected: current, desired: (Double(bitPattern: current) + value).bitPattern, ordering: .relaxed)
            if exchanged { return }
            current = original
        }
    }

    /// Timers are exported in seconds, as Prometheus wants them.
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}
