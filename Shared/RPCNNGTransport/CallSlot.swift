internal import RPC
internal import Synchronization

/// The handler that runs for one context, on Swift's global executor.
///
/// It is cancelled when its deadline passes: nobody waits for it any more, and what it holds (a database connection, a
/// lock) is wanted by others. One that heeds no cancellation is given up when the service stops.
final class CallSlot: Sendable {
    private struct Running {
        let deadline: ContinuousClock.Instant
        let waiting: CheckedContinuation<[UInt8]?, Never>
        var task: Task<Void, Never>?
    }

    private let running = Mutex<Running?>(nil)

    /// Runs the call; nil when it was given up. One at a time.
    func run(_ call: AdmittedCall) async -> [UInt8]? {
        await withCheckedContinuation { waiting in
            running.withLock { running in
                running = Running(deadline: call.context.deadline, waiting: waiting)
                // Under the lock, so that the task cannot end before it can be found.
                running?.task = Task(executorPreference: globalConcurrentExecutor) {
                    self.end(await call.run())
                }
            }
        }
    }

    private func end(_ reply: [UInt8]?) {
        let ended = running.withLock { running in
            defer { running = nil }
            return running
        }
        ended?.waiting.resume(returning: reply)
    }

    func cancel(ifExpiredAt now: ContinuousClock.Instant) {
        let expired = running.withLock { running -> Task<Void, Never>? in
            guard let current = running, current.deadline <= now else { return nil }
            return current.task
        }
        expired?.cancel()
    }

    func cancel() {
        running.withLock { $0?.task }?.cancel()
    }

    /// Stops waiting for the call; whatever it still does has no reply.
    func abandon() {
        end(nil)
    }
}
