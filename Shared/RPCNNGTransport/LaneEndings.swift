internal import NNG
internal import Synchronization

/// Counts the lanes of a server that still run, and says when the last has ended, or the first failed.
final class LaneEndings: Sendable {
    private struct State {
        var runningCount: Int
        var failure: NNGError?
    }

    private let state: Mutex<State>
    private let over: AsyncStream<Never>
    private let overContinuation: AsyncStream<Never>.Continuation

    init(laneCount: Int) {
        state = Mutex(State(runningCount: laneCount))
        (over, overContinuation) = AsyncStream.makeStream()
    }

    /// A lane ended; with a reason, if it should not have.
    func note(_ failure: NNGError?) {
        let isOver = state.withLock { state in
            state.runningCount -= 1
            state.failure = state.failure ?? failure
            return state.runningCount == 0 || failure != nil
        }
        if isOver { overContinuation.finish() }
    }

    /// Returns when the last lane has ended, the first has failed, or the task is cancelled. For one task.
    func wait() async {
        for await _ in over {}
    }

    /// Why a lane ended that should not have.
    var failure: NNGError? { state.withLock { $0.failure } }
}
