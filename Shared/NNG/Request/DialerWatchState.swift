/// Decides when a dialer is dead; the watchdog looks, this judges, so that the rules can be tested without a socket.
struct DialerWatchState {
    /// What is seen of a link.
    struct Sight {
        var isConnected: Bool
        /// An answer came in since the last look.
        var heard: Bool
        var timeoutsInARow: Int
    }

    enum Directive: Equatable {
        case rest
        case probe
        case redial
        case reopen
    }

    private let watch: DialerWatch
    private var wasConnected = false
    /// The last moment at which all was well, or was made new and may still become so.
    private var lastConnected: MachineTime
    private var lastHeard: MachineTime
    private var probedAt: MachineTime?
    private var redials = 0

    init(_ watch: DialerWatch, startedAt now: MachineTime) {
        self.watch = watch
        lastConnected = now
        lastHeard = now
    }

    mutating func look(_ sight: Sight, at now: MachineTime) -> Directive {
        defer { wasConnected = sight.isConnected }
        if sight.heard {
            (lastHeard, probedAt, redials) = (now, nil, 0)
        }
        guard sight.isConnected else {
            probedAt = nil
            return now >= lastConnected.advanced(by: watch.disconnectedLimit) ? replace(at: now) : .rest
        }
        lastConnected = now
        if !wasConnected { lastHeard = now }
        if sight.timeoutsInARow >= watch.timeoutLimit { return replace(at: now) }
        if let probedAt {
            return now >= probedAt.advanced(by: watch.heartbeatTimeout) ? replace(at: now) : .rest
        }
        guard now >= lastHeard.advanced(by: watch.heartbeatInterval) else { return .rest }
        probedAt = now
        return .probe
    }

    private mutating func replace(at now: MachineTime) -> Directive {
        (lastConnected, lastHeard, probedAt) = (now, now, nil)
        redials += 1
        guard redials > watch.redialLimit else { return .redial }
        redials = 0
        return .reopen
    }
}
