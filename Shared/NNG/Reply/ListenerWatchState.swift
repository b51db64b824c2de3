/// Decides when a listener is dead; the watchdog probes, this judges, so that the rules can be tested without a socket.
struct ListenerWatchState {
    enum Directive: Equatable {
        case rest
        case replace
        case giveUp
    }

    private let watch: ListenerWatch
    private var misses = 0
    private var rounds = 0

    init(_ watch: ListenerWatch) {
        self.watch = watch
    }

    /// - Parameter arrived: a connection got through since the last look, be it one above the limit: accepting works,
    ///   and replacing the listener would cost every connection without mending anything.
    mutating func look(answered: Bool, arrived: Bool) -> Directive {
        guard !answered, !arrived else {
            (misses, rounds) = (0, 0)
            return .rest
        }
        misses += 1
        guard misses >= watch.missLimit else { return .rest }
        misses = 0
        rounds += 1
        return rounds > watch.roundLimit ? .giveUp : .replace
    }
}
