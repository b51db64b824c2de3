/// Bounds of the serving side.
public struct RPCServerConfiguration: Sendable {
    /// Calls that run at once; one more is refused with RESOURCE_EXHAUSTED at once.
    public var runningCallLimit: Int
    /// What a refused caller is told to wait.
    public var overloadRetryAfterMilliseconds: Int
    /// How many calls the replay window remembers, all callers together (about 40 bytes each).
    public var rememberedCallLimit: Int

    public init(
        runningCallLimit: Int = 256, overloadRetryAfterMilliseconds: Int = 100, rememberedCallLimit: Int = 1 << 19
    ) {
        self.runningCallLimit = runningCallLimit
        self.overloadRetryAfterMilliseconds = overloadRetryAfterMilliseconds
        self.rememberedCallLimit = rememberedCallLimit
    }
}
