internal import Synchronization

/// Bounds the calls that run at once, and waits for them when the service stops.
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
    private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])

    init(limit: Int) {
        self.limit = limit
    }

    var runningCount: Int { running.load(ordering: .relaxed) & ~Self.drainingBit }
    var isDraining: Bool { running.load(ordering: .relaxed) & Self.drainingBit != 0 }

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
        guard count == Self.drainingBit else { return }
        for continuation in takeWaiting() { continuation.resume() }
    }

    /// Lets nobody in from now on.
    func beginDraining() {
        _ = running.bitwiseOr(Self.drainingBit, ordering: .acquiringAndReleasing)
    }

    /// Returns when no call runs any more; only after `beginDraining()`.
    func waitUntilEmpty() async {
        await withCheckedContinuation { continuation in
            waiting.withLock { $0.append(continuation) }
            // The last call may have left before the continuation was there to be found.
            guard running.load(ordering: .acquiring) == Self.drainingBit else { return }
            for continuation in takeWaiting() { continuation.resume() }
        }
    }

    private func takeWaiting() -> [CheckedContinuation<Void, Never>] {
        waiting.withLock { list in
            defer { list = [] }
            return list
        }
    }
}
