/// The bounds of a consumer. The defaults are right for production; tests shorten them.
public struct LogConsumerConfiguration: Sendable {
    /// Entries applied in one transaction at most.
    public var batchSize = 1000
    /// How often an entry is tried, in all, before it becomes a dead letter.
    public var maximumAttempts = 5
    /// The pause after an entry's first failure; it doubles with each.
    public var retryPause = Duration.milliseconds(100)
    /// How long the partitions of a member that died stay without one.
    public var lease = Duration.seconds(4)
    /// How often the log is looked at when no wake-up comes.
    public var lookInterval = Duration.seconds(1)

    /// How long a member rests after a batch that was not full, so that the next is worth its transaction: for consumers
    /// whose effects nobody waits for within milliseconds.
    public var rest = Duration.zero

    public init() {}
}
