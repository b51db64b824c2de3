internal import CPostgres
internal import Synchronization

/// One attempt to connect, which blocks a thread: whoever says first how it ended is believed, so nobody waits longer
/// than he wants to for a name server or a host that does not answer.
final class ConnectAttempt: Sendable {
    typealias Outcome = Result<Connector.Handle, PostgresError>

    private struct State {
        var continuation: CheckedContinuation<Outcome, Never>?
        var outcome: Outcome?
    }

    private let state = Mutex(State())

    /// Whether somebody waits for a connection still.
    var isWanted: Bool { state.withLock { $0.outcome == nil } }

    /// For one task, once.
    func wait(_ continuation: CheckedContinuation<Outcome, Never>) {
        let early = state.withLock { state -> Outcome? in
            if state.outcome == nil { state.continuation = continuation }
            return state.outcome
        }
        if let early { continuation.resume(returning: early) }
    }

    /// A connection for which nobody waits any more is closed.
    func end(_ outcome: Outcome) {
        let (isFirst, waiting) = state.withLock { state in
            guard state.outcome == nil else { return (false, nil as CheckedContinuation<Outcome, Never>?) }
            state.outcome = outcome
            return (true, state.continuation.take())
        }
        waiting?.resume(returning: outcome)
        if !isFirst, case .success(let handle) = outcome { PQfinish(handle.pointer) }
    }
}
