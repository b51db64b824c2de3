public import RPC

/// Calls within one process, through the same bytes, checks and signatures as over a socket.
public struct InProcessTransport: RPCTransport {
    private let dispatcher: RPCDispatcher

    public init(_ dispatcher: RPCDispatcher) {
        self.dispatcher = dispatcher
    }

    /// A caller that gives up gets its answer at once, as it would over a socket; the handler's task is cancelled.
    public nonisolated(nonsending) func exchange(
        _ frame: consuming [UInt8], deadline: ContinuousClock.Instant
    ) async throws(RPCError) -> [UInt8] {
        let call = frame
        let outcome = FirstOutcome()
        let work = Task { outcome.settle(.success(await dispatcher.answer(call))) }
        let timer = Task {
            try await Task.sleep(until: deadline, clock: .continuous)
            work.cancel()
            outcome.settle(.failure(RPCError(.deadlineExceeded, "The deadline passed before a reply came.")))
        }
        defer { timer.cancel() }
        let result = await withTaskCancellationHandler {
            await outcome.value
        } onCancel: {
            work.cancel()
            outcome.settle(.failure(RPCError(.cancelled, "The caller gave up.")))
        }
        return try result.get()
    }
}
