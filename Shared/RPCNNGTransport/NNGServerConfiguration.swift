public import RPC

/// Bounds of a server over NNG.
public struct NNGServerConfiguration: Sendable {
    public var calls: RPCServerConfiguration
    /// How long running calls may go on after the service was told to stop; then their tasks are cancelled.
    public var drainTimeout: Duration
    /// How long cancelled calls may still take to end; then the sockets are closed whatever runs.
    public var cancelTimeout: Duration
    /// Contexts beyond the calls that may run, so that one call too many can be refused instead of left waiting.
    public var spareContextCount: Int

    public init(
        calls: RPCServerConfiguration = RPCServerConfiguration(), drainTimeout: Duration = .seconds(5),
        cancelTimeout: Duration = .seconds(1), spareContextCount: Int = 32
    ) {
        self.calls = calls
        self.drainTimeout = drainTimeout
        self.cancelTimeout = cancelTimeout
        self.spareContextCount = spareContextCount
    }
}
