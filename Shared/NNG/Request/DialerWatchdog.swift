internal import Dispatch
internal import Synchronization

/// Looks after the dialer of a `RequestLink` and replaces it, or the whole socket, where it died without a word.
final class DialerWatchdog: Sendable {
    private static let lookInterval = DispatchTimeInterval.milliseconds(250)

    private let link: RequestLink
    private let watch: DialerWatch
    /// Serial, and the link's own: replacing a socket blocks.
    private let queue: DispatchQueue
    private let isStopped = Atomic<Bool>(false)
    private let state: Lock<DialerWatchState>
    private let probes = Atomic<UInt64>(0)

    init(_ link: RequestLink, _ watch: DialerWatch, _ queue: DispatchQueue) {
        self.link = link
        self.watch = watch
        self.queue = queue
        state = Lock(DialerWatchState(watch, startedAt: .now))
    }

    func start() {
        queue.asyncAfter(deadline: .now() + Self.lookInterval) { [weak self] in
            guard let self, !isStopped.load(ordering: .relaxed) else { return }
            look()
            start()
        }
    }

    func stop() {
        isStopped.store(true, ordering: .relaxed)
    }

    private func look() {
        let sight = DialerWatchState.Sight(
            isConnected: link.connectionCount > 0, heard: link.takeHeard(), timeoutsInARow: link.timeoutCountInARow)
        switch state.withLock({ $0.look(sight, at: .now) }) {
        case .rest: break
        case .probe: probe()
        // What fails here, for want of memory or descriptors, is tried again when the limit is over again.
        case .redial: try? link.redial()
        case .reopen: try? link.reopen()
        }
    }

    private func probe() {
        let number = probes.add(1, ordering: .relaxed).newValue
        guard let context = try? RequestContext(link) else { return }
        // Any answer counts, and the link notes it itself.
        context.call(Probe.request(number: number), timeout: watch.heartbeatTimeout) { _ in }
    }
}
