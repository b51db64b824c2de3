internal import Dispatch
internal import Synchronization

/// Probes a listener over a new connection each time, and replaces it where it stopped accepting without a word.
final class ListenerWatchdog: Sendable {
    /// So many probes of the process may wait to be closed before no more are made.
    static let mostClosings = 64

    private let watch: ListenerWatch
    private let endpoint: Endpoint
    private let arrivalCount: @Sendable () -> Int
    private let replace: @Sendable () -> Void
    private let hasDescriptors: @Sendable () -> Bool
    /// Serial, and the watchdog's own: opening and closing sockets blocks.
    private let queue = DispatchQueue(label: "zhike.nng.listener")
    private let closings: ProbeClosings
    private let isStopped = Atomic<Bool>(false)
    private let state: Lock<Progress>

    private struct Progress {
        var state: ListenerWatchState
        var arrivals = 0
        var probes: UInt64 = 0
    }

    /// - Parameters:
    ///   - arrivalCount: connections that this listener has taken; other listeners of its socket prove nothing for it.
    ///   - replace: closes the listener and listens again; its failure shows in the next probes.
    ///   - hasDescriptors: whether a connection can be made at all.
    init(
        _ watch: ListenerWatch, _ endpoint: Endpoint, arrivalCount: @escaping @Sendable () -> Int,
        replace: @escaping @Sendable () -> Void,
        hasDescriptors: @escaping @Sendable () -> Bool = Descriptors.areLeftForConnection,
        closings: ProbeClosings = .ofProcess
    ) {
        self.watch = watch
        self.endpoint = endpoint.reachableFromHere
        self.arrivalCount = arrivalCount
        self.replace = replace
        self.hasDescriptors = hasDescriptors
        self.closings = closings
        state = Lock(Progress(state: ListenerWatchState(watch)))
    }

    func start() {
        schedule(after: watch.probeInterval)
    }

    func stop() {
        isStopped.store(true, ordering: .releasing)
    }

    private func schedule(after delay: Duration) {
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(delay.wholeMilliseconds))) { [weak self] in
            guard let self, !isStopped.load(ordering: .acquiring) else { return }
            probe()
        }
    }

    private func probe() {
        let began = MachineTime.now
        if closings.hang(for: watch.closingLimit) { return giveUp("NNG closes no connection any more") }
        // A machine that closes more slowly than it is probed would run out of descriptors.
        guard closings.count < Self.mostClosings else { return schedule(after: watch.probeInterval) }
        guard let link = try? RequestLink(dialing: endpoint, limits: SocketLimits()) else {
            // Without memory nothing is known about the listener.
            return schedule(after: watch.probeInterval)
        }
        guard let context = try? RequestContext(link) else {
            close(link)
            return schedule(after: watch.probeInterval)
        }
        let number = state.withLock { progress in
            progress.probes += 1
            return progress.probes
        }
        context.call(Probe.request(number: number), timeout: watch.probeTimeout) { [self] answer in
            let answered: Bool
            switch consume answer {
            case .success: answered = true
            case .failure: answered = false
            }
            close(link)
            queue.async { [self] in
                judge(answered: answered)
                let passed = MachineTime.now.milliseconds - began.milliseconds
                schedule(after: watch.probeInterval - .milliseconds(Int(passed)))
            }
        }
    }

    /// Off the queue, so that probing goes on where closing hangs.
    private func close(_ link: RequestLink) {
        closings.close { link.closeAndWait() }
    }

    private func giveUp(_ reason: String) {
        guard !isStopped.exchange(true, ordering: .acquiringAndReleasing) else { return }
        watch.giveUp(NNGError(.closed, "the listener on \(endpoint): \(reason)"))
    }

    private func judge(answered: Bool) {
        guard !isStopped.load(ordering: .acquiring) else { return }
        // Without descriptors nothing is known about the listener: NNG takes every step of a probe, and makes no
        // connection.
        guard answered || hasDescriptors() else { return }
        let arrivals = arrivalCount()
        let directive = state.withLock { progress in
            let directive = progress.state.look(answered: answered, arrived: arrivals != progress.arrivals)
            // A new listener begins to count at nothing, which is no arrival.
            progress.arrivals = directive == .replace ? 0 : arrivals
            return directive
        }
        switch directive {
        case .rest: break
        case .replace: replace()
        case .giveUp: giveUp("it takes no connection, though it was made anew")
        }
    }
}
