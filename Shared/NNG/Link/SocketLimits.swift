/// Bounds that every socket has; NNG itself has none of them by default.
public struct SocketLimits: Sendable, Hashable {
    /// The longest message taken in, with its four bytes of REQ/REP header. A longer one costs the peer its connection.
    public var receiveByteLimit = 1 << 20

    /// Connections at a time; one more is closed before it can send. Never more than half of the descriptors that this
    /// process may have.
    public var connectionLimit = 4_096

    public init() {}
}
