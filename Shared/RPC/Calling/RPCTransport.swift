/// Carries the bytes of one call to a server and those of its reply back. Knows nothing of what they mean.
public protocol RPCTransport: Sendable {
    /// Sends a signed call and waits for its reply, at the longest until the deadline.
    ///
    /// Throws UNAVAILABLE or DEADLINE_EXCEEDED with `notExecuted` where the call surely did not leave, without it where
    /// the outcome is unknown; CANCELLED when the task is cancelled, which also ends the wait.
    nonisolated(nonsending) func exchange(
        _ frame: consuming [UInt8], deadline: ContinuousClock.Instant
    ) async throws(RPCError) -> [UInt8]

    /// The same for a read that its server answers from memory: under load it may travel in one message with others,
    /// which wait for no handler.
    nonisolated(nonsending) func exchangeInBundle(
        _ frame: consuming [UInt8], deadline: ContinuousClock.Instant
    ) async throws(RPCError) -> [UInt8]
}

extension RPCTransport {
    /// Alone: a transport need not bundle.
    public nonisolated(nonsending) func exchangeInBundle(
        _ frame: consuming [UInt8], deadline: ContinuousClock.Instant
    ) async throws(RPCError) -> [UInt8] {
        try await exchange(frame, deadline: deadline)
    }
}
