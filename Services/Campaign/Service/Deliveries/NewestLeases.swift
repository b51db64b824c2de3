internal import Synchronization

/// How long the workers of each channel have what they claim, as they asked for last in this process. Nothing is handed out
/// that could leave in quiet hours, so what is reserved waits for them a lease earlier.
final class NewestLeases: Sendable {
    private let leases = Mutex<[String: Duration]>([:])

    /// By channel.
    var newest: [String: Duration] { leases.withLock { $0 } }

    func note(_ lease: Duration, of channel: String) {
        leases.withLock { $0[channel] = lease }
    }
}
