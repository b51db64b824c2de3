internal import Synchronization

/// Wakes workers and followers once a batch of the profile log that wrote something is committed, and not before: a
/// worker that looks earlier finds nothing.
final class TriggerWakeUps: Sendable {
    private struct Pending {
        var hasReserved = false
        var hasLogged = false
    }

    private let pending = Mutex(Pending())
    private let didReserve: @Sendable () -> Void
    private let didLog: @Sendable () -> Void

    init(didReserve: @escaping @Sendable () -> Void, didLog: @escaping @Sendable () -> Void) {
        self.didReserve = didReserve
        self.didLog = didLog
    }

    /// In the transaction. One that is undone leaves a wake-up too many behind, which does no harm.
    func willCommit(reserved: Int, logged: Int) {
        pending.withLock { pending in
            pending.hasReserved = pending.hasReserved || reserved > 0
            pending.hasLogged = pending.hasLogged || logged > 0
        }
    }

    /// After the commit.
    func didCommit() {
        let due = pending.withLock { pending in
            defer { pending = Pending() }
            return pending
        }
        if due.hasReserved { didReserve() }
        if due.hasLogged { didLog() }
    }
}
