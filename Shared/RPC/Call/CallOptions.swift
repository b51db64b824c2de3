/// How one call is to be made.
public struct CallOptions: Sendable {
    /// The longest that the caller waits, retries included. There is no call without a deadline.
    public var timeout: Duration
    /// An outer deadline; the earlier of this and `timeout` counts.
    public var deadline: ContinuousClock.Instant? {
        get { expiry?.continuous }
        set { expiry = newValue.map { CallInstant($0) } }
    }

    private var expiry: CallInstant?
    /// Makes a change repeatable: the same key with the same request is done once and answered alike. The empty text is
    /// no key, as on the wire.
    public var idempotencyKey: String?
    public var principal: Principal?
    /// The trace this call belongs to; nil starts a new one.
    public var trace: TraceContext?
    public var retry: RetryPolicy

    public static let defaultTimeout: Duration = .seconds(5)

    public init(
        timeout: Duration = defaultTimeout, deadline: ContinuousClock.Instant? = nil, idempotencyKey: String? = nil,
        principal: Principal? = nil, trace: TraceContext? = nil, retry: RetryPolicy = RetryPolicy()
    ) {
        self.timeout = timeout
        expiry = deadline.map { CallInstant($0) }
        self.idempotencyKey = idempotencyKey
        self.principal = principal
        self.trace = trace
        self.retry = retry
    }

    var hasIdempotencyKey: Bool { idempotencyKey?.isEmpty == false }

    /// The moment at which the caller gives up, for a call that starts at `start`.
    func effectiveDeadline(from start: CallInstant) -> CallInstant {
        let own = start + timeout
        guard let expiry else { return own }
        return min(own, expiry)
    }
}
