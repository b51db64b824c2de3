internal import Hummingbird
internal import Synchronization

/// Bounds the requests that are served at the same time; one more is refused at once instead of waiting in a queue that
/// only grows.
final class AdmissionControl: Sendable {
    private let limit: Int
    private let running = Atomic<Int>(0)

    init(limit: Int) {
        self.limit = limit
    }

    func enter() throws(Problem) {
        let now = running.add(1, ordering: .relaxed).newValue
        guard now > limit else { return }
        leave()
        var problem = Problem(.tooManyRequests, "overloaded", "The gateway is at its limit: try again in a second.")
        problem.retryAfterSeconds = 1
        throw problem
    }

    func leave() {
        running.subtract(1, ordering: .relaxed)
    }
}
