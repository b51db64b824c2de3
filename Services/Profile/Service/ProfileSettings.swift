public import ServiceKit

/// What may be configured of the profile service, beside what every suite service has.
public enum ProfileSettings {
    public static let refusedRetentionDays = Setting<Int>(
        "refused.retentionDays", "days for which refused events are kept as they were sent, with the reason",
        default: 30, mustBe: "from 1 to 3,650"
    ) { (1...3_650).contains($0) }

    public static var all: [any AnySetting] { [refusedRetentionDays] }
}
