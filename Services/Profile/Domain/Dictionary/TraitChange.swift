/// One trait that changes, with what it was.
public struct TraitChange: Sendable, Hashable {
    public var name: String
    public var oldValue: TraitValue?
    public var newValue: TraitValue?

    /// Those of the new values that differ from the old, by name. A value that stays is no change and is not logged.
    public static func changes(from old: [String: TraitValue], to new: [String: TraitValue?]) -> [TraitChange] {
        new.sorted { $0.key < $1.key }.compactMap { name, value in
            old[name] == value ? nil : TraitChange(name: name, oldValue: old[name], newValue: value)
        }
    }
}
