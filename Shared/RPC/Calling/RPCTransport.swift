/// Carries the bytes of one call to a server and those of its reply back. Knows nothing of what they mean.
public protocol RPCTransport: Sendable {
    /// Sends a signed call and waits for its reply, at the longest until the deadline.
    ///
    /// Throws UNAVAILABLE or DEADLINE_EXCEEDED with `notExecuted` where the call surely did not leave, without it where
    /// the outcome is unknown; CANCELLED when the task is cancelled, which also ends the wait.
    nonisolated(nonsending) func exchange(
        _ frame: consuming [UInt8], deadline: ContinuousClock.Instant
    ) async throws(RPCError) -> [UInt8]
}

/// A transport that can let calls travel together, in one message that it signs. Under load a call so costs a fraction
/// of a message.
public protocol BundlingTransport: RPCTransport, AnyObject {
    /// The suite service that is called, for the sentences of errors.
    var serviceName: String { get }

    /// Sees to it that a read, which its server answers from memory so that no call of a bundle waits for another's
    /// handler, is sent and ended; with the errors of `exchange`, or with no reply and no error where another replica
    /// is to be tried with a new call. Must not block, because the calling task is on its way to sleep.
    ///
    /// Until the call has ended the transport also keeps its deadline (`expire(at:)`) and looks at it twice (`look()`),
    /// without which nobody could cancel it. A transport that waited itself would cost the task another look at its
    /// executor, as each call through a protocol does that may wait.
    func start(_ call: BundledCall)
}
