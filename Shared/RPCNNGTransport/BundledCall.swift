internal import NNG
internal import RPC
internal import Synchronization

/// A call that waits to travel with others, or travels: whoever says first how it ended is believed.
final class BundledCall: Sendable {
    /// Nil where it did not leave, because the replica has no connection any more, and may take another.
    typealias Outcome = Result<BundledReply?, RPCError>

    private struct State {
        var outcome: Outcome?
        var isSent = false
        /// Of the task that waits, until it is called.
        var resumption: Resumption?

        /// The first outcome counts; gives who is to be told of it, if somebody waits already.
        mutating func end(_ outcome: @autoclosure () -> Outcome) -> Resumption? {
            guard self.outcome == nil else { return nil }
            self.outcome = outcome()
            return resumption.take()
        }
    }

    let part: BundlePart
    let deadline: ContinuousClock.Instant
    private let serviceName: String
    private let state = Mutex(State())

    init(_ part: BundlePart, deadline: ContinuousClock.Instant, serviceName: String) {
        self.part = part
        self.deadline = deadline
        self.serviceName = serviceName
    }

    /// Waits for the outcome, which `start` is to bring about. For one task, once; cancelling it ends the wait.
    nonisolated(nonsending) func wait(_ start: () -> Void) async throws(RPCError) -> BundledReply? {
        await withTaskCancellationHandler {
            await Resumption.wait { resumption in
                let isOver = state.withLock { state in
                    guard state.outcome == nil else { return true }
                    state.resumption = resumption
                    return false
                }
                if isOver { resumption() } else { start() }
            }
        } onCancel: {
            giveUp { RPCError(.cancelled, "The caller gave up.", notExecuted: $0) }
        }
        // Nobody is resumed before there is an outcome.
        return try state.withLock { $0.outcome }?.get()
    }

    /// Notes that the bytes leave from now on; false where nobody waits for them any more.
    func beginSending() -> Bool {
        state.withLock { state in
            state.isSent = state.outcome == nil
            return state.isSent
        }
    }

    func end(_ outcome: Outcome) {
        state.withLock { $0.end(outcome) }?()
    }

    /// - Parameter error: told whether the call surely did not leave; under the lock, so that it cannot leave meanwhile.
    private func giveUp(_ error: (Bool) -> RPCError) {
        state.withLock { state in
            let isUnsent = !state.isSent
            return state.end(.failure(error(isUnsent)))
        }?()
    }

    /// Ends the call if its deadline has passed; false where it has not.
    func expire(at now: ContinuousClock.Instant) -> Bool {
        guard deadline <= now else { return false }
        giveUp { isUnsent in
            isUnsent
                ? RPCError(
                    .unavailable, "\(serviceName) could not be reached before the deadline: see that it runs.",
                    notExecuted: true)
                : RPCError(.deadlineExceeded, "\(serviceName) did not answer before the deadline.")
        }
        return true
    }
}
