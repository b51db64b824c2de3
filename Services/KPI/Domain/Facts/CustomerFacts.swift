public import Foundation

/// What a number is cut by; written into each log entry at its moment and looked up nowhere.
public struct Cut: Sendable, Hashable {
    public var officePath: String
    public var manager: String
    public var arm: String
    public var isControl: Bool
    public var wave: Int32
    public var channel: String
    public var windowMicroseconds: Int64

    public init(
        officePath: String, manager: String, arm: String, isControl: Bool, wave: Int32, channel: String,
        windowMicroseconds: Int64
    ) {
        self.officePath = officePath
        self.manager = manager
        self.arm = arm
        self.isControl = isControl
        self.wave = wave
        self.channel = channel
        self.windowMicroseconds = windowMicroseconds
    }
}

/// One entry of the campaign log about one customer in one campaign.
public enum Fact: Sendable, Hashable {
    /// A contact left, or may have left (`unknown`); a dedupe key leaves at most once.
    case contacted(dedupeKey: String, at: Date, cut: Cut, unknown: Bool)
    case held(at: Date, cut: Cut)
    case refused(at: Date, cut: Cut, reason: String)
    case outcome(eventID: String, at: Date, valueMinor: Int64)
    /// What became of a contact whose outcome was unknown, or that the channel refused for good: then no contact goes
    /// before it.
    case deliveryChanged(dedupeKey: String, at: Date, cut: Cut, sent: Bool)
}

/// All facts of one customer in one campaign, as a set: the order of reading does not matter.
///
/// The same fact twice is one fact, so that a rebuild and a replay agree with what was counted the first time.
public struct CustomerFacts: Sendable, Hashable {
    public struct Moment: Sendable, Hashable {
        public var at: Date
        public var cut: Cut
    }
    public struct Contact: Sendable, Hashable {
        public var moment: Moment
        public var unknown: Bool
    }
    public struct Refusal: Sendable, Hashable {
        public var moment: Moment
        public var reason: String
    }
    public struct Outcome: Sendable, Hashable {
        public var at: Date
        public var valueMinor: Int64
    }

    public private(set) var contacts: [String: Contact] = [:]
    public private(set) var held: [Moment] = []
    public private(set) var refusals: [Refusal] = []
    /// By the bytes of the event's id: ids that only look the same are two events.
    public private(set) var outcomes: [[UInt8]: Outcome] = [:]
    public private(set) var settled: [String: Bool] = [:]
    /// When a contact was found not to have left. The office of its cut is empty where the cut was not kept.
    public private(set) var notSent: [String: Moment] = [:]

    public init() {}

    public mutating func add(_ fact: Fact) {
        switch fact {
        case .contacted(let key, let at, let cut, let unknown):
            let contact = Contact(moment: Moment(at: at, cut: cut), unknown: unknown)
            contacts[key] = contacts[key] ?? contact
        case .held(let at, let cut):
            let moment = Moment(at: at, cut: cut)
            if !held.contains(moment) { held.append(moment) }
        case .refused(let at, let cut, let reason):
            let refusal = Refusal(moment: Moment(at: at, cut: cut), reason: reason)
            if !refusals.contains(refusal) { refusals.append(refusal) }
        case .outcome(let eventID, let at, let valueMinor):
            let outcome = Outcome(at: at, valueMinor: valueMinor)
            let key = Array(eventID.utf8)
            outcomes[key] = outcomes[key] ?? outcome
        case .deliveryChanged(let key, let at, let cut, let sent):
            settled[key] = sent || settled[key] == true
            if !sent { notSent[key] = notSent[key] ?? Moment(at: at, cut: cut) }
        }
    }
}
