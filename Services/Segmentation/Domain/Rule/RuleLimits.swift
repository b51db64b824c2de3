/// What keeps every walk over a rule short, whoever wrote it.
public enum RuleLimits {
    /// Bytes of the text form.
    public static let textBytes = 64 * 1024
    /// Bytes of the JSON form, which says the same at greater length.
    public static let jsonBytes = 256 * 1024
    /// Conditions, connectives and listed values together.
    public static let nodes = 2_000
    /// Levels of nesting.
    public static let depth = 100
    /// The longest window of an event count.
    public static let windowDays: Int64 = 3_660
    /// The largest number an event count is compared with.
    public static let eventCount: Int64 = 1_000_000_000
    /// Problems told at once.
    static let problems = 50
}
