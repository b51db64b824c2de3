/// Something that happened to a customer, as far as a count of activity depends on it.
public enum Activity: Sendable, Hashable {
    case created(officePath: String)
    /// From here on the customer counts for this office.
    case assigned(officePath: String)
    case event(type: String)
    case consent(purpose: String, channel: String, isGranted: Bool)
    case entered(segmentID: Int64, officePath: String)
    case exited(segmentID: Int64, officePath: String)
}
