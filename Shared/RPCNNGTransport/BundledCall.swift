internal import RPC
internal import Synchronization

/// A call that waits to travel with others, or travels: whoever says first how it ended is believed.
final class BundledCall: Sendable {
    typealias Outcome = Result<[UInt8], RPCError>

    private struct State {
        var continuation: CheckedContinuation<Outcome, Never>?
        var outcome: Outcome?
        var isSent = false
    }

    let frame: [UInt8]
    let deadline: ContinuousClock.Instant
    private let serviceName: String
    private let state = Mutex(State())

    init(_ frame: consuming [UInt8], deadline: ContinuousClock.Instant, serviceName: String) {
        self.frame = frame
        self.deadline = deadline
        self.serviceName = serviceName
    }

    /// Waits for the outcome, which `start` is to bring about. For one task, once; cancelling it ends the wait.
    nonisolated(nonsending) func wait(_ start: () -> Void) async throws(RPCError) -> [UInt8] {
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early = state.withLock { state -> Outcome? in
                    if state.outcome == nil { state.continuation = continuation }
                    return state.outcome
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
            state.isSent = state.outcome == nil
            return state.isSent
        }
    }

    func end(_ outcome: Outcome) {
        let waiting = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            guard state.outcome == nil else { return nil }
            state.outcome = outcome
            return state.continuation.take()
        }
        waiting?.resume(returning: outcome)
    }

    /// Ends the call if its deadline has passed; false where it has not.
    func expire(at now: ContinuousClock.Instant) -> Bool {
        guard deadline <= now else { return false }
        giveUp { [serviceName] isUnsent in
            isUnsent
                ? RPCError(
                    .unavailable, "\(serviceName) could not be reached before the deadline: see that it runs.",
                    notExecuted: true)
                : RPCError(.deadlineExceeded, "\(serviceName) did not answer before the deadline.")
        }
        return true
    }

    /// - Parameter error: told whether the call surely did not leave; under the lock, so that it cannot leave meanwhile.
    private func giveUp(_ error: (Bool) -> RPCError) {
        let ended = state.withLock { state -> (waiting: CheckedContinuation<Outcome, Never>?, outcome: Outcome)? in
            guard state.outcome == nil else { return nil }
            let outcome = Outcome.failure(error(!state.isSent))
            state.outcome = outcome
            return (state.continuation.take(), outcome)
        }
        guard let ended else { return }
        ended.waiting?.resume(returning: ended.outcome)
    }
}
