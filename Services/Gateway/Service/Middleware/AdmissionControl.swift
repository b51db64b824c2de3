internal import Hummingbird
internal import Synchronization

/// Bounds the requests that are served at the same time; one more is refused at once instead of waiting in a queue that
/// only grows.
///
/// Those that may take long have a share of their own: a suite service that hangs fills that with them, and leaves the
/// rest to events and other quick requests.
final class AdmissionControl: Sendable {
    private struct Running {
        var all = 0
        var slow = 0
    }

    private let limit: Int
    private let slowLimit: Int
    private let running = Mutex(Running())

    init(limit: Int) {
        self.limit = limit
        slowLimit = max(1, limit / 4)
    }

    /// Refuses at once what could not enter now, before more is done for it.
    func look(isSlow: Bool = false) throws(Problem) {
        guard running.withLock({ hasRoom($0, isSlow) }) else { throw Self.full }
    }

    func enter(isSlow: Bool = false) throws(Problem) {
        let isIn = running.withLock { running in
            guard hasRoom(running, isSlow) else { return false }
            running.all += 1
            running.slow += isSlow ? 1 : 0
            return true
        }
        guard isIn else { throw Self.full }
    }

    func leave(isSlow: Bool = false) {
        running.withLock { running in
            running.all -= 1
            running.slow -= isSlow ? 1 : 0
        }
    }

    private func hasRoom(_ running: Running, _ isSlow: Bool) -> Bool {
        running.all < limit && (!isSlow || running.slow < slowLimit)
    }

    private static var full: Problem {
        var problem = Problem(.tooManyRequests, "overloaded", "The gateway is at its limit: try again in a second.")
        problem.retryAfterSeconds = 1
        return problem
    }
}
