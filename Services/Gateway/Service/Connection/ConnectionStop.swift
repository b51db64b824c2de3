internal import NIOCore

/// Goes through the handlers of a connection when the gateway begins to stop.
struct ConnectionStop: Sendable {
    /// The longest that a peer is then waited for, so that none holds up the stop.
    static let patience: TimeAmount = .seconds(3)
}
