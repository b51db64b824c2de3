internal import Synchronization

/// Bounds the calls that run at once, and says when the last one has ended after the service began to stop.
final class Admission: Sendable {
    enum Decision {
        case admitted
        case full
        case draining
    }

    private static let drainingBit = 1 << 62
    let limit: Int
    /// Calls that run now, and the bit that says that no more are let in.
    private let running = Atomic<Int>(0)
    /// Ends when no call runs any more, after draining began. For one task to follow.
    let emptied: AsyncStream<Never>
    private let emptiedContinuation: AsyncStream<Never>.Continuation

    init(limit: Int) {
        self.limit = limit
        (emptied, emptiedContinuation) = AsyncStream.makeStream()
    }

    var runningCount: Int { running.load(ordering: .relaxed) & ~Self.drainingBit }

    /// Lets a call in, which `leave()` must end, or says why not.
    func enter() -> Decision {
        let count = running.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue
        if count & Self.drainingBit != 0 {
            leave()
            return .draining
        }
        guard count <= limit else {
            leave()
            return .full
        }
        return .admitted
    }

    func leave() {
        let count = running.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
        if count == Self.drainingBit { emptiedContinuation.finish() }
    }

    /// Lets nobody in from now on.
    func beginDraining() {
        let count = running.bitwiseOr(Self.drainingBit, ordering: .acquiringAndReleasing).newValue
        if count == Self.drainingBit { emptiedContinuation.finish() }
    }
}
