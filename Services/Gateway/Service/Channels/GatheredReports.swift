internal import Contracts
internal import Synchronization

/// Reports that wait to be sent together.
final class GatheredReports: Sendable {
    struct One: Sendable {
        var report: CampaignV1.DeliveryReport
        /// A worker has the delivery until this is handed over.
        var isClaimed: Bool
    }

    private struct State {
        var reports: [One] = []
        var isFinished = false
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func add(_ report: One) {
        wake { $0.reports.append(report) }
    }

    func finish() {
        wake { $0.isFinished = true }
    }

    /// All that wait, up to a limit; waits for the first; nil at the end.
    func next(upTo limit: Int) async -> [One]? {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if !state.reports.isEmpty || state.isFinished { return true }
                state.waiting = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
        return state.withLock { state in
            guard !state.reports.isEmpty else { return nil }
            let batch = Array(state.reports.prefix(limit))
            state.reports.removeFirst(batch.count)
            return batch
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let waiting = state.withLock { state in
            change(&state)
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }
}
