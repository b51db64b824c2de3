/// One contact on its way, without its storage. Each method says what happened and returns what has to be done.
package struct DeliveryStateMachine: Sendable, Hashable {
    package private(set) var state: DeliveryState
    /// Names the newest claim; grows by one with each.
    package private(set) var fencingToken: Int64
    /// How often a worker had it and did not give it back unposted.
    package private(set) var attempt: Int32
    /// Whether its channel takes each dedupe key once, so that posting it again reaches nobody twice.
    package private(set) var isRepeatable: Bool
    /// Whether an earlier claim of a repeatable contact may have reached the customer.
    package private(set) var mayHaveLeft: Bool

    /// A contact that the channel did not take so often becomes a dead letter, which a person may drive again.
    package static let attemptLimit: Int32 = 12

    package init(
        state: DeliveryState = .reserved, fencingToken: Int64 = 0, attempt: Int32 = 0, isRepeatable: Bool = false,
        mayHaveLeft: Bool = false
    ) {
        self.state = state
        self.fencingToken = fencingToken
        self.attempt = attempt
        self.isRepeatable = isRepeatable
        self.mayHaveLeft = mayHaveLeft
    }

    /// What to write beside the new state.
    package enum Action: Sendable, Hashable {
        /// The log gets the contact, as sent or as unknown.
        case logContact
        /// It was logged as unknown, and now it is known: sent or not.
        case logChange(wasSent: Bool)
        /// It was never logged, and never leaves: the channel refused it for good.
        case logNotSent
        /// It never left, and will not: something forbids it.
        case logRefused
        /// Due again after the wait that the worker asked for.
        case retryLater
        /// Not taken too often: the log gets a refusal, until a person drives it again.
        case deadLetter
        /// The same was reported before; nothing changes.
        case duplicate
        /// The claim is no longer the newest, or the contact is past this.
        case stale
    }

    /// A worker takes it; false where there is nothing to take: also where it may have left, and the channel would take it a
    /// second time.
    ///
    /// - Parameter isRepeatable: Whether the worker's channel takes each dedupe key once.
    package mutating func claim(isRepeatable: Bool = false) -> Bool {
        guard state == .reserved, isRepeatable || !mayHaveLeft else { return false }
        self.isRepeatable = isRepeatable
        state = .sending
        fencingToken += 1
        attempt += 1
        return true
    }

    /// The lease lapsed without a report. It may have left, so it is never sent again, except through a channel that
    /// takes each key once.
    package mutating func lapse() -> Action {
        guard state == .sending else { return .stale }
        guard isRepeatable, attempt < Self.attemptLimit else {
            state = .unknown
            return .logContact
        }
        state = .reserved
        mayHaveLeft = true
        return .retryLater
    }

    /// It waited, and something forbids it now. What may have left before does not count as refused: nobody knows.
    package mutating func refuse() -> Action {
        guard state == .reserved else { return .stale }
        state = mayHaveLeft ? .unknown : .refused
        return mayHaveLeft ? .logContact : .logRefused
    }

    /// A worker reports on its claim. Repeating a report changes nothing.
    package mutating func report(_ outcome: DeliveryOutcome, fencingToken token: Int64) -> Action {
        guard token == fencingToken else {
            // Only these end a claim and let another follow, so they are the reports that may come twice.
            return token < fencingToken && token > 0 && outcome.mayFollow ? .duplicate : .stale
        }
        switch (state, outcome) {
        case (.sending, .sent):
            state = .sent
            return .logContact
        case (.sending, .unknown):
            state = .unknown
            return .logContact
        case (.sending, .doubtful) where !isRepeatable:
            state = .unknown
            return .logContact
        case (.sending, .refused):
            // What the channel refuses now it may have taken before.
            state = mayHaveLeft ? .unknown : .failed
            return mayHaveLeft ? .logContact : .logNotSent
        case (.sending, .notTaken), (.sending, .doubtful):
            mayHaveLeft = mayHaveLeft || outcome == .doubtful
            guard attempt < Self.attemptLimit else {
                state = mayHaveLeft ? .unknown : .failed
                return mayHaveLeft ? .logContact : .deadLetter
            }
            state = .reserved
            return .retryLater
        case (.sending, .notPosted):
            // Says nothing of the channel, so it must not use up what is for a channel that fails.
            attempt -= 1
            state = .reserved
            return .retryLater
        // It lapsed, and waits to be posted again, which is no longer needed.
        case (.reserved, .sent) where mayHaveLeft:
            state = .sent
            return .logContact
        case (.unknown, .sent):
            state = .sent
            return .logChange(wasSent: true)
        // What a worker said of one attempt says nothing about the attempts before it.
        case (.unknown, .notTaken) where mayHaveLeft, (.unknown, .notPosted) where mayHaveLeft,
            (.unknown, .refused) where mayHaveLeft:
            return .duplicate
        // Also what was surely not taken is over here, and no dead letter: the log has counted it as a contact of this moment
        // and then as not sent, each once. One that left later would count from the moment at which it had not left.
        case (.unknown, .refused), (.unknown, .notTaken), (.unknown, .notPosted), (.unknown, .notReceived):
            state = .failed
            return .logChange(wasSent: false)
        case (.sent, .sent), (.unknown, .unknown), (.unknown, .doubtful), (.failed, .refused), (.failed, .notTaken),
            (.failed, .notPosted), (.failed, .notReceived), (.reserved, .notTaken), (.reserved, .notPosted),
            (.reserved, .doubtful):
            return .duplicate
        default:
            return .stale
        }
    }
}
