internal import CNNG
internal import Synchronization

/// One call at a time over a `RequestSocket`.
///
/// Where a connection is ready the request leaves at once and one operation of NNG receives; where none is, the same
/// operation first waits to send and then, inside NNG's callback, receives. Either way who waits is woken once, on a
/// thread of NNG. A task whose executor runs jobs where they are enqueued therefore continues on that thread: it must
/// not block there. The next call may be started at once, also from inside the completion.
public final class RequestContext: Sendable {
    private let link: RequestLink
    private let state: Lock<State>
    /// Unsafe: written once, at the end of `init`, as it needs the address of this object.
    private nonisolated(unsafe) var operation: AsyncOperation!
    /// Sends what can leave at once: without a callback, for which NNG would wake a thread before the bytes leave. With
    /// one call at a time that is a measurable part of it.
    private let sendingAtOnce: AsyncOperation

    private enum Phase {
        case idle
        case sending
        case receiving
    }

    private struct State {
        var seat: ContextSeat
        var generation: Int
        var phase = Phase.idle
        var isCancelled = false
        var deadline = MachineTime(milliseconds: 0)
        /// Until when the request may wait for a connection.
        var sendingDeadline = MachineTime(milliseconds: 0)
        var completion: Completion?
        /// NNG holds the address of this object while an operation is in flight; so the object holds itself.
        var whileInFlight: RequestContext?
    }

    /// A call that is over: whom to tell what, after the lock was given back.
    private struct Ending {
        let completion: Completion
        let outcome: Outcome
    }

    init(_ link: RequestLink) throws(NNGError) {
        self.link = link
        let (seat, generation) = try link.openContext()
        state = Lock(State(seat: seat, generation: generation))
        sendingAtOnce = try AsyncOperation()
        operation = try AsyncOperation(Unmanaged.passUnretained(self).toOpaque()) { argument in
            guard let argument else { return }
            Unmanaged<RequestContext>.fromOpaque(argument).takeUnretainedValue().operationEnded()
        }
    }

    deinit {
        // Nothing is in flight, else this object would hold itself. Closing does not wait.
        link.closeContext(state.withLock { $0.seat })
        operation?.free()
        sendingAtOnce.free()
    }

    /// Sends a request and waits for its reply.
    ///
    /// - Parameters:
    ///   - timeout: for sending and receiving together.
    ///   - sendingLimit: how long the request may wait for a connection; nil: as long as the call may take.
    /// - Throws: `timedOut`, `canceled` or `closed` with `isSurelyUnsent` where the request did not leave;
    ///   `timedOut`, `canceled`, `closed` or `connectionReset` without it where the outcome is unknown.
    public func call(
        _ message: consuming Message, timeout: Duration, sendingLimit: Duration? = nil
    ) async throws(NNGError) -> Message {
        let request = Unsent(message: message.release())
        let outcome = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                begin(request, timeout, sendingLimit, .task(continuation), isCancelled: Task.isCancelled)
            }
        } onCancel: {
            cancel()
        }
        return try outcome.take()
    }

    /// The same without a task: `completion` is called exactly once, on a thread of NNG (or at once, on this thread,
    /// where the call cannot even begin), and must not block.
    public func call(
        _ message: consuming Message, timeout: Duration, sendingLimit: Duration? = nil,
        completion: @escaping @Sendable (consuming Result<Message, NNGError>) -> Void
    ) {
        begin(Unsent(message: message.release()), timeout, sendingLimit, .closure(completion), isCancelled: false)
    }

    /// Gives up the call in flight, if there is one; it ends with `canceled`.
    public func cancel() {
        state.withLock { state in
            guard state.phase != .idle else { return }
            state.isCancelled = true
            // Under the lock, so that a cancellation can never hit the next call. NNG completes it on another thread.
            operation.cancel()
        }
    }

    /// Unchecked: carries the one pointer from `call` into `begin`.
    private struct Unsent: @unchecked Sendable {
        let message: OpaquePointer
    }

    private func begin(
        _ request: Unsent, _ timeout: Duration, _ sendingLimit: Duration?, _ completion: Completion,
        isCancelled: @autoclosure () -> Bool
    ) {
        let refusal = state.withLock { state -> NNGError? in
            guard state.phase == .idle else {
                return NNGError(.invalidState, isSurelyUnsent: true, "a context carries one call at a time")
            }
            // Asked under the lock: a cancellation from now on finds the call in flight.
            guard !isCancelled() else { return NNGError(.canceled, isSurelyUnsent: true) }
            if state.generation != link.generation.load(ordering: .acquiring), let error = renew(&state) {
                return error
            }
            state.isCancelled = false
            state.completion = completion
            state.whileInFlight = self
            let now = MachineTime.now
            state.deadline = now.advanced(by: timeout)
            state.sendingDeadline = sendingLimit.map { min(state.deadline, now.advanced(by: $0)) } ?? state.deadline
            guard send(request.message, &state, now) else {
                _ = end(&state, .failed(NNGError(.closed)))
                return NNGError(.closed, isSurelyUnsent: true)
            }
            return nil
        }
        guard let refusal else { return }
        nng_msg_free(request.message)
        completion(.failed(refusal))
    }

    /// False where the socket is being closed, also for good; the message is then still ours.
    private func send(_ message: OpaquePointer, _ state: inout State, _ now: MachineTime) -> Bool {
        if sendOrWait(message, &state, now) { return true }
        guard renew(&state) == nil else { return false }
        return sendOrWait(message, &state, now)
    }

    private func sendOrWait(_ message: OpaquePointer, _ state: inout State, _ now: MachineTime) -> Bool {
        var hasLeft = false
        let (deadline, sendingDeadline) = (state.deadline, state.sendingDeadline)
        let isOpen = state.seat.use { context in
            hasLeft = sendingAtOnce.sendAtOnce(message, on: context)
            if hasLeft {
                operation.receive(on: context, timeoutMilliseconds: deadline.remainingMilliseconds(from: now))
            } else {
                operation.send(
                    message, on: context, timeoutMilliseconds: sendingDeadline.remainingMilliseconds(from: now))
            }
        }
        state.phase = hasLeft ? .receiving : .sending
        return isOpen
    }

    /// Moves to the socket that the watchdog opened in place of the one this context was opened on.
    private func renew(_ state: inout State) -> NNGError? {
        do throws(NNGError) {
            let (seat, generation) = try link.openContext()
            link.closeContext(state.seat)
            (state.seat, state.generation) = (seat, generation)
            return nil
        } catch {
            return NNGError(error.code, isSurelyUnsent: true)
        }
    }

    // MARK: - On NNG's threads

    private func operationEnded() {
        let ending = state.withLock { state -> Ending? in
            switch state.phase {
            case .idle: nil
            case .sending: sendEnded(&state)
            case .receiving: receiveEnded(&state)
            }
        }
        guard let ending else { return }
        ending.completion(ending.outcome)
    }

    private func sendEnded(_ state: inout State) -> Ending? {
        let result = operation.result
        guard result == 0 else {
            // A failed send leaves the message with us.
            guard let message = operation.takeMessage() else {
                return end(&state, .failed(NNGError(NNGError.Code(number: result))))
            }
            if canBeSentAgain(result, state), send(message, &state, .now) { return nil }
            nng_msg_free(message)
            return end(&state, .failed(NNGError(NNGError.Code(number: result), isSurelyUnsent: true)))
        }
        guard !state.isCancelled else { return end(&state, .failed(NNGError(.canceled))) }
        state.phase = .receiving
        let timeout = state.deadline.remainingMilliseconds(from: .now)
        if state.seat.use({ operation.receive(on: $0, timeoutMilliseconds: timeout) }) { return nil }
        return end(&state, .failed(NNGError(lost)))
    }

    private func receiveEnded(_ state: inout State) -> Ending? {
        let result = operation.result
        if result == 0, let reply = operation.takeMessage() {
            link.noteAnswer()
            return end(&state, .received(reply))
        }
        var code = NNGError.Code(number: result)
        if code == .timedOut { link.noteTimeout() }
        if code == .closed || code == .connectionReset { code = lost }
        return end(&state, .failed(NNGError(code)))
    }

    /// A connection also goes when this side closes it: for good, or because the watchdog makes a new one.
    private var lost: NNGError.Code { link.isClosed ? .closed : .connectionReset }

    /// The message did not leave, for a reason that is not the caller's: the socket was replaced, or NNG's timer, which
    /// can hit the operation after the one it was set for, came early.
    private func canBeSentAgain(_ result: Int32, _ state: State) -> Bool {
        guard !state.isCancelled, MachineTime.now < state.sendingDeadline else { return false }
        switch NNGError.Code(number: result) {
        case .timedOut: return true
        case .closed: return !link.isClosed
        default: return false
        }
    }

    private func end(_ state: inout State, _ outcome: Outcome) -> Ending? {
        guard let completion = state.completion else { return nil }
        defer {
            state.phase = .idle
            state.completion = nil
            state.whileInFlight = nil
        }
        return Ending(completion: completion, outcome: outcome)
    }
}
