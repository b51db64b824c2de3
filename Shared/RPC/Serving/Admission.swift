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
    /// Those who wait until no call runs any more.
    private let waiting = Mutex<[AsyncStream<Never>.Continuation]>([])

    init(limit: Int) {
        self.limit = limit
    }

    /// Ends when no call runs any more, after draining began. A new one for each task that waits: one that was cancelled
    /// has ended.
    func emptied() -> AsyncStream<Never> {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        waiting.withLock { $0.append(continuation) }
        // It may have happened before anybody waited.
        if running.load(ordering: .acquiring) == Self.drainingBit { tellWaiting() }
        return stream
    }

    private func tellWaiting() {
        let all = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for continuation in all { continuation.finish() }
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
        if count == Self.drainingBit { tellWaiting() }
    }

    /// Lets nobody in from now on.
    func beginDraining() {
        let count = running.bitwiseOr(Self.drainingBit, ordering: .acquiringAndReleasing).newValue
        if count == Self.drainingBit { tellWaiting() }
    }
}
