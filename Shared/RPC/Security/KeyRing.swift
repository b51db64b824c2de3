/// The keys that a process knows: on a serving side those of its callers, by key id.
public struct KeyRing: Sendable {
    public let keys: [ServiceKey]

    /// Refuses two keys of one id.
    public init(_ keys: [ServiceKey]) throws(RuntimeError) {
        var seen: Set<String> = []
        for key in keys where !seen.insert(key.id).inserted {
            throw RuntimeError(.configurationInvalid, "Two keys have the id \(key.id): give each key its own.")
        }
        self.keys = keys
    }

    /// The key with which a suite service signs: the last one listed for it, so that a new key is taken into use by
    /// appending it.
    public func signingKey(of service: String) throws(RuntimeError) -> ServiceKey {
        guard let key = keys.last(where: { $0.service == service }) else {
            throw RuntimeError(.configurationInvalid, "There is no key for the suite service \(service): add one.")
        }
        return key
    }
}
