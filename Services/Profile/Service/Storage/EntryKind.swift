/// What an entry of profile.log is about; the raw value is what is stored.
enum EntryKind: Int16, Sendable {
    case event = 1
    case traits = 2
    case consents = 3
    case identity = 4
    case created = 5
    case assigned = 6
    case suppression = 7

    /// The word a timeline uses.
    var word: String {
        switch self {
        case .event: "event"
        case .traits: "traits"
        case .consents: "consents"
        case .identity: "identity"
        case .created: "created"
        case .assigned: "assigned"
        case .suppression: "suppression"
        }
    }
}
