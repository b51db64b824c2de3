internal import CNNG
internal import Synchronization

/// Serves one request at a time of a `ReplySocket`: receive, reply, receive, …
///
/// `replyThenReceive` is one NNG operation that sends and then, inside NNG's callback, receives; who waits is woken
/// once, on a thread of NNG. A task whose executor runs jobs where they are enqueued therefore continues on that
/// thread: it must not block there. Probes of watchdogs (see `Probe`) are answered here and never seen above. A request
/// that deserves no answer is dropped by receiving again.
public final class ReplyContext: Sendable {
    private let link: ReplyLink
    private let state: Lock<State>
    /// Unsafe: written once, at the end of `init`, as it needs the address of this object.
    private nonisolated(unsafe) var operation: AsyncOperation!
    /// Replies without a callback; see `sendAlone`.
    private let quietOperation: AsyncOperation

    private enum Phase {
        case idle
        case receiving
        case answeringProbe
        case replying
        case replyingThenReceiving
    }

    private struct State {
        let seat: ContextSeat
        var phase = Phase.idle
        var isCancelled = false
        /// Between a request and its reply.
        var isServing = false
        /// Whose request is being served.
        var peer = nng_pipe()
        var completion: Completion?
        /// NNG holds the address of this object while an operation is in flight; so the object holds itself.
        var whileInFlight: ReplyContext?
    }

    /// An operation that is over: whom to tell what, after the lock was given back.
    private struct Ending {
        let completion: Completion
        let outcome: Outcome
    }

    init(_ link: ReplyLink) throws(NNGError) {
        self.link = link
        state = Lock(State(seat: try link.openContext()))
        quietOperation = try AsyncOperation()
        operation = try AsyncOperation(Unmanaged.passUnretained(self).toOpaque()) { argument in
            guard let argument else { return }
            Unmanaged<ReplyContext>.fromOpaque(argument).takeUnretainedValue().operationEnded()
        }
    }

    deinit {
        // Nothing is in flight, else this object would hold itself. Closing does not wait.
        let (seat, isServing) = state.withLock { ($0.seat, $0.isServing) }
        if isServing { link.requestsInService.subtract(1, ordering: .relaxed) }
        link.closeContext(seat)
        operation?.free()
        quietOperation.free()
    }

    /// Unchecked: carries the one pointer into `begin`.
    private struct Unsent: @unchecked Sendable {
        let message: OpaquePointer
    }

    // MARK: - For tasks

    /// The next request.
    ///
    /// - Throws: `closed` when the socket stops taking requests, `canceled`.
    public func receive() async throws(NNGError) -> Message {
        try await run(.receiving, nil).take()
    }

    /// Replies to the request received last. Success means handed to the connection, not read by the peer: a reply to a
    /// peer that is gone succeeds.
    ///
    /// - Throws: `timedOut` when the peer reads nothing (its connection is then closed), `closed`, `canceled`.
    public func reply(_ message: consuming Message) async throws(NNGError) {
        try await run(.replying, Unsent(message: message.release())).check()
    }

    /// Replies and waits for the next request, waking once. A reply that its peer does not read is given up.
    public func replyThenReceive(_ message: consuming Message) async throws(NNGError) -> Message {
        try await run(.replyingThenReceiving, Unsent(message: message.release())).take()
    }

    private func run(_ phase: Phase, _ reply: Unsent?) async -> Outcome {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                begin(phase, reply, .task(continuation), isCancelled: Task.isCancelled)
            }
        } onCancel: {
            cancel()
        }
    }

    // MARK: - For closures

    /// The next request, without a task: `completion` is called exactly once, on a thread of NNG (or at once, on this
    /// thread, where receiving cannot even begin), and must not block. It may reply at once, or keep the context and
    /// reply later from any thread.
    public func receive(completion: @escaping @Sendable (consuming Result<Message, NNGError>) -> Void) {
        begin(.receiving, nil, .closure(completion), isCancelled: false)
    }

    /// Replies, then receives the next request for `completion`.
    public func replyThenReceive(
        _ message: consuming Message, completion: @escaping @Sendable (consuming Result<Message, NNGError>) -> Void
    ) {
        begin(.replyingThenReceiving, Unsent(message: message.release()), .closure(completion), isCancelled: false)
    }

    /// Gives up the operation in flight, if there is one; it ends with `canceled`.
    public func cancel() {
        state.withLock { state in
            guard state.phase != .idle else { return }
            state.isCancelled = true
            // Under the lock, so that a cancellation can never hit the next operation. NNG completes it elsewhere.
            operation.cancel()
            quietOperation.cancel()
        }
    }

    /// Wakes a context that waits for a request after the link was told to stop; a reply under way is finished.
    func endReceiving() {
        state.withLock { state in
            guard state.phase == .receiving else { return }
            operation.cancel()
        }
    }

    private enum Start {
        case underWay
        /// Nothing was begun; the reply, if there was one, is still ours.
        case refused(NNGError)
        /// The reply is sent, and nothing comes after it.
        case over(Ending)
    }

    private func begin(
        _ phase: Phase, _ reply: Unsent?, _ completion: Completion, isCancelled: @autoclosure () -> Bool
    ) {
        let start = state.withLock { state -> Start in
            guard state.phase == .idle else {
                return .refused(
                    NNGError(.invalidState, isSurelyUnsent: true, "a context serves one request at a time"))
            }
            // Asked under the lock: a cancellation from now on finds the operation in flight.
            guard !isCancelled() else { return .refused(NNGError(.canceled, isSurelyUnsent: true)) }
            guard phase != .receiving || !link.isStopping.load(ordering: .relaxed) else {
                return .refused(NNGError(.closed))
            }
            state.isCancelled = false
            state.completion = completion
            state.whileInFlight = self
            let isAlone = endService(&state)
            guard let reply else { return receive(&state) ? .underWay : refuse(&state, isSurelyUnsent: false) }
            if isAlone, phase == .replyingThenReceiving { return sendAlone(reply.message, &state) }
            return send(reply.message, phase, &state) ? .underWay : refuse(&state, isSurelyUnsent: true)
        }
        switch start {
        case .underWay: break
        case .over(let ending): tell(ending)
        case .refused(let error):
            if let reply { nng_msg_free(reply.message) }
            completion(.failed(error))
        }
    }

    private func refuse(_ state: inout State, isSurelyUnsent: Bool) -> Start {
        _ = end(&state, .failed(NNGError(.closed)))
        return .refused(NNGError(.closed, isSurelyUnsent: isSurelyUnsent))
    }

    /// Whether no other request is in service now that this one has its reply.
    private func endService(_ state: inout State) -> Bool {
        guard state.isServing else { return false }
        state.isServing = false
        return link.requestsInService.subtract(1, ordering: .relaxed).newValue == 0
    }

    /// Replies and receives the next request.
    ///
    /// With no other request in service the connection is most likely free, and the reply leaves before this returns;
    /// so nobody need be told. NNG tells by waking a thread, which then is in the way of the peer's: with one call at a
    /// time that is a measurable part of it.
    private func sendAlone(_ message: OpaquePointer, _ state: inout State) -> Start {
        state.phase = .replyingThenReceiving
        var isSent = false
        let isOpen = state.seat.use {
            isSent = quietOperation.sendQuietly(message, on: $0, timeoutMilliseconds: link.replyTimeoutMilliseconds)
        }
        guard isOpen else { return refuse(&state, isSurelyUnsent: true) }
        if isSent { return receiveNext(&state).map { .over($0) } ?? .underWay }
        // The connection is busy with an earlier reply, or its peer does not read: that is waited for elsewhere.
        link.waitingQueue.async { self.waitUntilSent() }
        return .underWay
    }

    private func waitUntilSent() {
        quietOperation.wait()
        tell(state.withLock { sendEnded(&$0, quietOperation) })
    }

    /// False where the socket is being closed; the message is then still ours.
    private func send(_ message: OpaquePointer, _ phase: Phase, _ state: inout State) -> Bool {
        state.phase = phase
        let timeout = link.replyTimeoutMilliseconds
        return state.seat.use { operation.send(message, on: $0, timeoutMilliseconds: timeout) }
    }

    /// False where the socket is being closed.
    private func receive(_ state: inout State) -> Bool {
        state.phase = .receiving
        return state.seat.use { operation.receive(on: $0, timeoutMilliseconds: NNG_DURATION_INFINITE) }
    }

    // MARK: - On NNG's threads

    private func operationEnded() {
        let ending = state.withLock { state -> Ending? in
            switch state.phase {
            case .idle: nil
            case .receiving: receiveEnded(&state)
            case .answeringProbe, .replyingThenReceiving, .replying: sendEnded(&state, operation)
            }
        }
        tell(ending)
    }

    private func tell(_ ending: Ending?) {
        guard let ending else { return }
        ending.completion(ending.outcome)
    }

    private func receiveEnded(_ state: inout State) -> Ending? {
        let result = operation.result
        guard result == 0, let pointer = operation.takeMessage() else {
            let code = NNGError.Code(number: result)
            // Receiving has no timeout; but NNG's timer for the reply before, going off late, can hit it.
            guard code != .timedOut || state.isCancelled else { return receiveNext(&state) }
            let isStop = code == .canceled && !state.isCancelled
            return end(&state, .failed(NNGError(isStop ? .closed : code)))
        }
        state.peer = nng_msg_get_pipe(pointer)
        guard Probe.isProbe(pointer) else {
            state.isServing = true
            link.requestsInService.add(1, ordering: .relaxed)
            return end(&state, .received(pointer))
        }
        if send(pointer, .answeringProbe, &state) { return nil }
        nng_msg_free(pointer)
        return end(&state, .failed(NNGError(.closed)))
    }

    private func sendEnded(_ state: inout State, _ operation: AsyncOperation) -> Ending? {
        let code = NNGError.Code(number: operation.result)
        let isSent = operation.result == 0
        if !isSent {
            // A failed send leaves the message with us.
            if let message = operation.takeMessage() { nng_msg_free(message) }
            // A peer that reads nothing would keep one context after the other; it loses its connection.
            if code == .timedOut { nng_pipe_close(state.peer) }
        }
        if state.isCancelled { return end(&state, .failed(NNGError(.canceled, isSurelyUnsent: !isSent))) }
        if state.phase == .replying {
            return end(&state, isSent ? .finished : .failed(NNGError(code, isSurelyUnsent: true)))
        }
        guard isSent || code == .timedOut else { return end(&state, .failed(NNGError(code))) }
        return receiveNext(&state)
    }

    private func receiveNext(_ state: inout State) -> Ending? {
        guard !link.isStopping.load(ordering: .relaxed), receive(&state) else {
            return end(&state, .failed(NNGError(.closed)))
        }
        return nil
    }

    private func end(_ state: inout State, _ outcome: Outcome) -> Ending? {
        guard let completion = state.completion else { return nil }
        state.phase = .idle
        state.completion = nil
        state.whileInFlight = nil
        return Ending(completion: completion, outcome: outcome)
    }
}
