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
    /// When the probe under way is a miss.
    private var probeDue: MachineTime?
    /// Probed because calls timed out.
    private var isSuspected = false
    private var redials = 0

    init(_ watch: DialerWatch, startedAt now: MachineTime) {
        self.watch = watch
        lastConnected = now
        lastHeard = now
    }

    mutating func look(_ sight: Sight, at now: MachineTime) -> Directive {
        defer { wasConnected = sight.isConnected }
        if sight.heard {
            (lastHeard, probeDue, isSuspected, redials) = (now, nil, false, 0)
        }
        guard sight.isConnected else {
            (probeDue, isSuspected) = (nil, false)
            return now >= lastConnected.advanced(by: watch.disconnectedLimit) ? replace(at: now) : .rest
        }
        lastConnected = now
        if !wasConnected { lastHeard = now }
        if sight.timeoutsInARow >= watch.timeoutLimit, !isSuspected {
            isSuspected = true
            let due = now.advanced(by: watch.suspicionTimeout)
            probeDue = min(probeDue ?? due, due)
            return .probe
        }
        if let probeDue { return now >= probeDue ? replace(at: now) : .rest }
        guard now >= lastHeard.advanced(by: watch.heartbeatInterval) else { return .rest }
        probeDue = now.advanced(by: watch.heartbeatTimeout)
        return .probe
    }

    private mutating func replace(at now: MachineTime) -> Directive {
        (lastConnected, lastHeard, probeDue, isSuspected) = (now, now, nil, false)
        redials += 1
        guard redials > watch.redialLimit else { return .redial }
        redials = 0
        return .reopen
    }
}
