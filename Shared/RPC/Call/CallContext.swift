/// What a handler knows about the call it serves, apart from the request itself.
public struct CallContext: Sendable {
    /// The full name of the method, such as `zhike.profile.v1.ProfileService/GetCustomer`.
    public var method: String
    /// Names this call in logs; chosen by the caller, unique in practice.
    public var requestID: String
    /// Names the change that the caller wants made once; nil for reads and for callers that do not repeat.
    public var idempotencyKey: String?
    /// After this moment nobody waits for the reply any more.
    public var deadline: ContinuousClock.Instant {
        get { expiry.continuous }
        set { expiry = CallInstant(newValue) }
    }

    /// The deadline as this module counts time.
    public private(set) var expiry: CallInstant
    /// The calling suite service, proved by its key.
    public var caller: String
    /// The person for whom the call is made; nil when a suite service calls for itself.
    public var principal: Principal?
    public var trace: TraceContext

    public init(
        method: String, requestID: String, idempotencyKey: String? = nil, deadline: ContinuousClock.Instant,
        caller: String, principal: Principal? = nil, trace: TraceContext = .random()
    ) {
        self.init(
            method: method, requestID: requestID, idempotencyKey: idempotencyKey, expiry: CallInstant(deadline),
            caller: caller, principal: principal, trace: trace)
    }

    init(
        method: String, requestID: String, idempotencyKey: String?, expiry: CallInstant, caller: String,
        principal: Principal?, trace: TraceContext
    ) {
        self.method = method
        self.requestID = requestID
        self.idempotencyKey = idempotencyKey
        self.expiry = expiry
        self.caller = caller
        self.principal = principal
        self.trace = trace
    }

    /// The time left until the deadline, never negative.
    public var remaining: Duration {
        max(.zero, CallInstant.now.duration(to: expiry))
    }

    /// Options for a call made while serving this one: its deadline, person and trace, but no idempotency key, because
    /// the key names one change in one service.
    public func childOptions() -> CallOptions {
        CallOptions(deadline: deadline, principal: principal, trace: trace)
    }

    /// Throws DEADLINE_EXCEEDED once nobody waits any more; long handlers ask between their steps.
    public func checkDeadline() throws(RPCError) {
        guard CallInstant.now < expiry else {
            throw RPCError(.deadlineExceeded, "The deadline of the call passed while it was being served.")
        }
    }

    /// The idempotency key, or INVALID_ARGUMENT for a method that cannot do without.
    public func requireIdempotencyKey() throws(RPCError) -> String {
        guard let idempotencyKey else {
            throw RPCError(
                .invalidArgument, "Send an idempotency key: this call changes data.", field: "idempotency_key",
                notExecuted: true)
        }
        return idempotencyKey
    }
}
