internal import Glibc

/// When a listener counts as dead. A peer that disconnects at the wrong moment stops NNG's accepting for ever, while
/// the kernel still takes connections: nothing but a call over a new connection shows it.
public struct ListenerWatch: Sendable {
    /// From the start of one probe to the start of the next.
    public var probeInterval = Duration.milliseconds(500)
    /// A probe without an answer for so long is a miss.
    public var probeTimeout = Duration.milliseconds(500)
    /// So many misses in a row, with no connection accepted meanwhile, and the listener is replaced, which costs every
    /// connection it accepted.
    public var missLimit = 2
    /// After so many replacements in a row that did not help, `giveUp` is called.
    public var roundLimit = 3
    /// When connections of probes are to be closed and none was freed for so long, NNG frees nothing any more in this
    /// process, and `giveUp` is called, too. Long, because calls are served all the same, and a machine that is much too
    /// busy frees nothing for seconds.
    public var closingLimit = Duration.seconds(30)
    /// Ends the process, for its supervisor to start it again; called at most once a listener, not on a thread of NNG.
    public var giveUp: @Sendable (NNGError) -> Void = Self.endProcess

    public init() {}

    /// Exit code 70 (`EX_SOFTWARE`). At once: with the threads of NNG running, exit handlers are not safe.
    private static func endProcess(_ error: NNGError) {
        let sentence = "\(error); the process ends, to be started again\n"
        _ = sentence.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        _exit(70)
    }
}
