internal import RPC
internal import Synchronization

/// A call that waits to travel with others, or travels: whoever says first how it ended is believed.
final class BundledCall: Sendable {
    /// Nil where it did not leave, because the replica has no connection any more, and may take another.
    typealias Outcome = Result<BundledReply?, RPCError>

    private struct State {
        var continuation: CheckedContinuation<Outcome, Never>?
        /// Where it came before anybody waited for it.
        var early: Outcome?
        var isOver = false
        var isSent = false
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
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early = state.withLock { state -> Outcome? in
                    if !state.isOver { state.continuation = continuation }
                    return state.early.take()
                }
                if let early { return continuation.resume(returning: early) }
                start()
            }
        } onCancel: {
            giveUp { RPCError(.cancelled, "The caller gave up.", notExecuted: $0) }
        }
        return try outcome.get()
    }

    /// Notes that the bytes leave from now on; false where nobody waits for them any more.
    func beginSending() -> Bool {
        state.withLock { state in
            state.isSent = !state.isOver
            return state.isSent
        }
    }

    func end(_ outcome: Outcome) {
        let waiting = state.withLock { state in Self.end(&state, outcome) }
        waiting?.resume(returning: outcome)
    }

    /// - Parameter error: told whether the call surely did not leave; under the lock, so that it cannot leave meanwhile.
    private func giveUp(_ error: (Bool) -> RPCError) {
        var outcome: Outcome?
        let waiting = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            guard !state.isOver else { return nil }
            let failure = Outcome.failure(error(!state.isSent))
            outcome = failure
            return Self.end(&state, failure)
        }
        if let waiting, let outcome { waiting.resume(returning: outcome) }
    }

    /// Who is to be told, if somebody waits already.
    private static func end(_ state: inout State, _ outcome: Outcome) -> CheckedContinuation<Outcome, Never>? {
        guard !state.isOver else { return nil }
        state.isOver = true
        if let waiting = state.continuation.take() { return waiting }
        state.early = outcome
        return nil
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
