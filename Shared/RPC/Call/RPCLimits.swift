/// Bounds that hold for every call.
public enum RPCLimits {
    /// The longest message that a transport takes, envelope and MAC included: 1 MiB, less room for what a transport
    /// itself puts around it.
    public static let messageBytes = (1 << 20) - 64
    /// The longest request body of a method that does not say otherwise.
    public static let requestBytes = 768 << 10
    /// The longest page that a server should put into one reply.
    public static let pageBytes = 512 << 10
    /// The longest envelope, of a call or of a reply.
    public static let envelopeBytes = 16 << 10
    /// What unpacking one message may allocate: small messages can grow to many times their size in memory.
    public static let unpackedBytes = 16 << 20
    /// The longest idempotency key.
    public static let idempotencyKeyBytes = 200
    /// No call may ask for more time than this.
    public static let longestTimeout: Duration = .seconds(600)
}
