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
    /// Sends a read that its server answers from memory, so that no call of a bundle waits for another's handler. Throws
    /// as the other `exchange` does.
    nonisolated(nonsending) func exchange(_ part: BundlePart) async throws(RPCError) -> BundledReply
}
