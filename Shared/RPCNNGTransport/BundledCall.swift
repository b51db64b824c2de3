internal import NNG
internal import RPC
internal import Synchronization

/// A call that waits to travel with others, or travels: whoever says first how it ended is believed.
final class BundledCall: Sendable {
    /// Nil where it did not leave, because the replica has no connection any more, and may take another.
    typealias Outcome = Result<BundledReply?, RPCError>

    private struct State {
        var isOver = false
        /// Until the one who waits takes it.
        var outcome: Outcome?
        var isSent = false
        /// Of the task that waits, until it is called.
        var resumption: Resumption?

        /// The first outcome counts; gives who is to be told of it, if somebody waits already.
        mutating func end(_ outcome: @autoclosure () -> Outcome) -> Resumption? {
            guard !isOver else { return nil }
            isOver = true
            self.outcome = outcome()
            return resumption.take()
        }
    }

    let part: BundlePart
    private let serviceName: String
    private let state = Mutex(State())

    init(_ part: BundlePart, serviceName: String) {
        self.part = part
        self.serviceName = serviceName
    }

    var deadline: CallInstant { part.deadline }

    /// Waits for the outcome, which `start` is to bring about. For one task, once; cancelling it ends the wait.
    nonisolated(nonsending) func wait(_ start: () -> Void) async throws(RPCError) -> BundledReply? {
        await withTaskCancellationHandler {
            await Resumption.wait { resumption in
                let isOver = state.withLock { state in
                    if !state.isOver { state.resumption = resumption }
                    return state.isOver
                }
                if isOver { resumption() } else { start() }
            }
        } onCancel: {
            giveUp { RPCError(.cancelled, "The caller gave up.", notExecuted: $0) }
        }
        // Nobody is resumed before there is an outcome, and nobody else looks at it.
        return try state.withLock { $0.outcome.take() }?.get()
    }

    /// Notes that the bytes leave from now on; false where nobody waits for them any more.
    func beginSending() -> Bool {
        state.withLock { state in
            state.isSent = !state.isOver
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
    func expire(at now: CallInstant) -> Bool {
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
