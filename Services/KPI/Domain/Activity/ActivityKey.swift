/// What a count of activity counts; the raw value is what is stored.
public enum ActivityMeasure: Int16, Sendable, Hashable, CaseIterable {
    case customersCreated = 1
    /// By type.
    case events = 2
    /// By purpose and channel, "marketing/sms".
    case consentsGranted = 3
    case consentsWithdrawn = 4
    /// By number of the segment.
    case segmentEntered = 5
    case segmentExited = 6
}

/// The coordinates of one count of activity.
public struct ActivityKey: Sendable, Hashable, Comparable {
    public var officePath: String
    /// Business day, "2026-03-02".
    public var day: String
    public var measure: ActivityMeasure
    /// What the measure is counted by; empty where by nothing.
    public var subject: String

    public init(officePath: String, day: String, measure: ActivityMeasure, subject: String = "") {
        self.officePath = officePath
        self.day = day
        self.measure = measure
        self.subject = subject
    }

    /// One order for all, so that two that add to the same counts never wait for each other.
    public static func < (a: ActivityKey, b: ActivityKey) -> Bool {
        (a.officePath, a.day, a.measure.rawValue, a.subject) < (b.officePath, b.day, b.measure.rawValue, b.subject)
    }
}
