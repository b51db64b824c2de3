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

final class HistogramInstrument: RecorderHandler, TimerHandler {
    struct State {
        let bounds: [Double]
        /// One more than bounds: the last counts what lies above all.
        var counts: [UInt64]
        var sum = 0.0
    }

    private let contents: Mutex<State>

    init(bounds: [Double]) {
        contents = Mutex(State(bounds: bounds, counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    var state: State { contents.withLock { $0 } }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        contents.withLock { state in
            let index = state.bounds.firstIndex { value <= $0 } ?? state.bounds.count
            state.counts[index] += 1
            state.sum += value
        }
    }

    /// Timers are exported in seconds, as Prometheus wants them.
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}
