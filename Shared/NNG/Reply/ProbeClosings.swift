internal import Dispatch

/// Closes the connections of probes, for all listeners of the process one after another.
///
/// In NNG each close that is done wakes everyone who waits for one: on a busy machine a hundred listeners that close at
/// once wake each other for seconds. And when no connection is freed any more, that is so for the whole process, because
/// NNG frees on one thread.
final class ProbeClosings: Sendable {
    static let ofProcess = ProbeClosings()

    private struct State {
        var count = 0
        /// When a connection was closed last, or the first of them began.
        var progressed = MachineTime.now
        /// As far as was looked.
        var freedCount = 0
    }

    private let queue = DispatchQueue(label: "zhike.nng.closing")
    private let state = Lock(State())
    /// Connections that NNG freed in this process, whoever closed them: those of a flood come before that of a probe.
    private let freedCount: @Sendable () -> Int

    init(freedCount: @escaping @Sendable () -> Int = { ConnectionCensus.freedCount }) {
        self.freedCount = freedCount
    }

    /// Not on the caller's thread: closing blocks.
    func close(_ body: @escaping @Sendable () -> Void) {
        state.withLock { state in
            if state.count == 0 { state.progressed = .now }
            state.count += 1
        }
        queue.async { [self] in
            body()
            state.withLock { state in
                state.count -= 1
                state.progressed = .now
            }
        }
    }

    /// Connections that are to be closed.
    var count: Int { state.withLock { $0.count } }

    /// Whether nothing was freed for so long, though connections are to be closed.
    func hang(for limit: Duration) -> Bool {
        state.withLock { state in
            let freed = freedCount()
            if freed != state.freedCount { (state.freedCount, state.progressed) = (freed, .now) }
            return state.count > 0 && .now > state.progressed.advanced(by: limit)
        }
    }
}
