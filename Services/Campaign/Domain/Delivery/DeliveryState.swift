/// Where the contact of one dedupe key stands.
///
///     reserved -> sending -> sent | unknown | failed
///        ^           |
///        +-----------+ the channel surely did not take it, or takes each dedupe key once
///
/// `held` and `refused` never leave; `unknown` becomes `sent` or `failed` when somebody finds out, and is never sent
/// again by machine.
package enum DeliveryState: String, Sendable, Hashable, CaseIterable {
    /// Decided and waiting for a worker; counts for caps.
    case reserved
    /// A worker has it, until its lease lapses.
    case sending
    case sent
    /// Nobody knows whether it left; counts for caps as if it had.
    case unknown
    /// It surely did not leave, and will not.
    case failed
    /// Of the control group.
    case held
    case refused

    /// Whether the contact counts for caps: it left, may have left, or may still leave.
    package var countsForCaps: Bool {
        switch self {
        case .reserved, .sending, .sent, .unknown: true
        case .failed, .held, .refused: false
        }
    }
}

/// What a worker says became of a claimed contact.
package enum DeliveryOutcome: String, Sendable, Hashable, CaseIterable {
    case sent
    /// The channel surely did not take it: it may be tried again.
    case notTaken
    /// The channel refused it for good.
    case refused
    case unknown
    /// Somebody asked afterwards: it never came.
    case notReceived
    /// Nobody knows either, but the channel takes each key once: it is posted again.
    case doubtful
    /// The worker gives it back: the channel was not asked.
    case notPosted

    /// Whether another claim may follow.
    package var mayFollow: Bool { self == .notTaken || self == .doubtful || self == .notPosted }
}
