internal import Suspension
internal import Synchronization

/// A call that waits to travel with others, or travels: whoever says first how it ended is believed.
public final class BundledCall: Sendable {
    /// Nil where it did not leave, because the replica has no connection any more, and may take another.
    public typealias Outcome = Result<BundledReply?, RPCError>

    /// How far the wait of its task has come.
    private enum Patience {
        case fresh
        /// Was under way when the bundler looked once.
        case seen
        /// Asks to be told of a cancellation.
        case patient
    }

    private struct State {
        var isOver = false
        var patience = Patience.fresh
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

    public let part: BundlePart
    private let serviceName: String
    private let state = Mutex(State())

    init(_ part: BundlePart, serviceName: String) {
        self.part = part
        self.serviceName = serviceName
    }

    public var deadline: CallInstant { part.deadline }

    /// Waits for the outcome, which `start` is to bring about. For one task, once; cancelling it ends the wait.
    ///
    /// Nearly every call is over at once. To be told of a cancellation costs such a call two locks and two changes of
    /// executor, so only a task that still waits when the bundler has looked twice asks for it.
    nonisolated(nonsending) func wait(_ start: () -> Void) async throws(RPCError) -> BundledReply? {
        guard !Task.isCancelled else { throw Self.cancelled(notExecuted: true) }
        await Resumption.wait { if hold($0) { start() } }
        if let outcome = takeOutcome() { return try outcome.get() }
        await withTaskCancellationHandler {
            await Resumption.wait { _ = hold($0) }
        } onCancel: {
            giveUp { Self.cancelled(notExecuted: $0) }
        }
        return try takeOutcome()?.get()
    }

    /// Keeps the resumption until there is an outcome; false where there is one already, and the task goes on.
    private func hold(_ resumption: Resumption) -> Bool {
        let isHeld = state.withLock { state in
            if !state.isOver { state.resumption = resumption }
            return !state.isOver
        }
        if !isHeld { resumption() }
        return isHeld
    }

    /// Nobody but the one who waits looks at it.
    private func takeOutcome() -> Outcome? {
        state.withLock { $0.outcome.take() }
    }

    private static func cancelled(notExecuted: Bool) -> RPCError {
        RPCError(.cancelled, "The caller gave up.", notExecuted: notExecuted)
    }

    /// The bundler looks at the call: the second time its task is told to ask for cancellations. True from then on.
    public func look() -> Bool {
        let (isPatient, resumption) = state.withLock { state -> (Bool, Resumption?) in
            switch state.patience {
            case .fresh: state.patience = .seen
            case .patient: break
            case .seen:
                state.patience = .patient
                return (true, state.resumption.take())
            }
            return (state.patience == .patient, nil)
        }
        resumption?()
        return isPatient
    }

    /// Notes that the bytes leave from now on; false where nobody waits for them any more.
    public func beginSending() -> Bool {
        state.withLock { state in
            state.isSent = !state.isOver
            return state.isSent
        }
    }

    public func end(_ outcome: Outcome) {
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
    public func expire(at now: CallInstant) -> Bool {
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
