internal import KPIDomain

/// A log whose entries are counted as activity.
struct ActivitySource: Sendable {
    /// The schema of the log.
    let log: String
    let read: @Sendable (_ kind: Int16, _ subject: String, _ body: [UInt8]?) throws -> [Activity]

    static let profile = ActivitySource(log: "profile", read: ActivityEntry.ofProfile)
    static let segmentation = ActivitySource(log: "segmentation", read: ActivityEntry.ofSegmentation)
    static let all = [profile, segmentation]
}
