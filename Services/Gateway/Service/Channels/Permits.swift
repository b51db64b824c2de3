internal import Synchronization

/// A counted allowance, given out in the order of asking.
final class Permits: Sendable {
    private struct State {
        var free: Int
        var nextTicket = 0
        var waiting: [(ticket: Int, most: Int, continuation: CheckedContinuation<Int, any Error>)] = []
    }

    private let state: Mutex<State>

    init(_ count: Int) {
        state = Mutex(State(free: count))
    }

    /// Takes at least one permit and at most `most`, waiting until there is one.
    ///
    /// - Throws: CancellationError.
    func take(upTo most: Int = 1) async throws -> Int {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let taken: Result<Int, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.free > 0, state.waiting.isEmpty {
                        let count = min(most, state.free)
                        state.free -= count
                        return .success(count)
                    }
                    state.waiting.append((ticket, most, continuation))
                    return nil
                }
                if let taken { continuation.resume(with: taken) }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0).continuation }
            }
            waiting?.resume(throwing: CancellationError())
        }
    }

    func giveBack(_ count: Int = 1) {
        let served = state.withLock { state in
            state.free += count
            var served: [(CheckedContinuation<Int, any Error>, Int)] = []
            while state.free > 0, !state.waiting.isEmpty {
                let next = state.waiting.removeFirst()
                let count = min(next.most, state.free)
                state.free -= count
                served.append((next.continuation, count))
            }
            return served
        }
        for (continuation, count) in served { continuation.resume(returning: count) }
    }
}
