/// When a client's link counts as dead. NNG gives up a dialer for good on some errors, and says nothing.
public struct DialerWatch: Sendable, Hashable {
    /// Without a connection for so long, the dialer is replaced.
    public var disconnectedLimit = Duration.milliseconds(1_500)
    /// So long without any answer, and the peer is probed.
    public var heartbeatInterval = Duration.seconds(1)
    /// A probe without an answer, nor any other answer meanwhile, for so long is a miss: the dialer is replaced.
    public var heartbeatTimeout = Duration.seconds(3)
    /// So many calls timed out with no answer of any kind between them, and the peer is probed at once. Be its handlers
    /// slow: a link that carries probes is sound, and to cut it would cost every other call on it.
    public var timeoutLimit = 5
    /// A probe for that reason without an answer, nor any other answer meanwhile, for so long is a miss.
    public var suspicionTimeout = Duration.milliseconds(500)
    /// After so many replacements without an answer the socket is replaced, too.
    public var redialLimit = 3

    public init() {}
}
