internal import Logging
internal import NNG
internal import RPC
internal import Synchronization

/// One context of the server: receives a call, answers it, and so on until the socket stops.
///
/// It lives on NNG's callbacks, without a task of its own: refusals and inline handlers are answered where the call
/// came in, and only a handler that waits gets a task, on Swift's global executor. That task is cancelled when the
/// deadline passes: nobody waits for it any more, and what it holds (a database connection, a lock) is wanted by
/// others. One that heeds no cancellation is given up when the service stops.
final class ServerLane: Sendable {
    private struct Running {
        let deadline: CallInstant
        let task: Task<Void, Never>
    }

    private enum State {
        /// Waits for a call, or answers one on the spot.
        case quiet
        case running(Running)
        case ended
    }

    /// A context that fails so often in a row, without a message in between, will not recover.
    private static let failureLimit = 5

    private let context: ReplyContext
    private let dispatcher: RPCDispatcher
    private let logger: Logger
    /// Told once, with the reason where the lane did not end because it should.
    private let onEnd: @Sendable (NNGError?) -> Void
    private let state = Mutex(State.quiet)
    private let failures = Atomic<Int>(0)

    init(
        _ context: ReplyContext, dispatcher: RPCDispatcher, logger: Logger,
        onEnd: @escaping @Sendable (NNGError?) -> Void
    ) {
        self.context = context
        self.dispatcher = dispatcher
        self.logger = logger
        self.onEnd = onEnd
    }

    func start() {
        context.receive { self.received($0) }
    }

    private func received(_ result: consuming Result<Message, NNGError>) {
        switch consume result {
        case .success(let message):
            failures.store(0, ordering: .relaxed)
            serve(message)
        case .failure(let error):
            failed(error)
        }
    }

    private func serve(_ message: borrowing Message) {
        let frame = message.copyBytes()
        guard !RPCDispatcher.isBundle(frame) else { return reply(dispatcher.answerBundle(frame)) }
        switch dispatcher.receive(frame) {
        case .reply(let bytes):
            reply(bytes)
        case .run(let call):
            guard let answer = call.runInline() else { return start(call) }
            reply(answer.bytes)
            call.note(answer)
        }
    }

    private func reply(_ bytes: [UInt8]) {
        context.replyThenReceive(Message(copying: bytes)) { self.received($0) }
    }

    /// Under the lock, so that the task cannot end before it can be found.
    private func start(_ call: AdmittedCall) {
        state.withLock { state in
            let task = Task(executorPreference: globalConcurrentExecutor) {
                let answer = await call.run()
                if self.takeOver() { self.reply(answer.bytes) }
                call.note(answer)
            }
            state = .running(Running(deadline: call.context.expiry, task: task))
        }
    }

    /// Whether the reply is still wanted.
    private func takeOver() -> Bool {
        state.withLock { state in
            guard case .running = state else { return false }
            state = .quiet
            return true
        }
    }

    private func failed(_ error: NNGError) {
        guard error.code != .closed, error.code != .canceled else { return end(nil) }
        guard failures.add(1, ordering: .relaxed).newValue < Self.failureLimit else { return end(error) }
        logger.warning("A call was lost between two requests", metadata: ["reason": "\(error)"])
        start()
    }

    private func end(_ reason: NNGError?) {
        let isFirst = state.withLock { state in
            if case .ended = state { return false }
            state = .ended
            return true
        }
        if isFirst { onEnd(reason) }
    }

    // MARK: - While the server runs and stops

    func cancel(ifExpiredAt now: CallInstant) {
        let task = state.withLock { state -> Task<Void, Never>? in
            guard case .running(let running) = state, running.deadline <= now else { return nil }
            return running.task
        }
        task?.cancel()
    }

    func cancel() {
        let task = state.withLock { state -> Task<Void, Never>? in
            guard case .running(let running) = state else { return nil }
            return running.task
        }
        task?.cancel()
    }

    /// Ends the lane if a handler still runs in it; whatever that still does has no reply.
    func abandon() {
        let isRunning = state.withLock { state in
            if case .running = state { return true }
            return false
        }
        if isRunning { end(nil) }
    }
}
