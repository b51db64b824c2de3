internal import Postgres
internal import ProfileDomain
internal import Synchronization

/// The dictionary as it was last read. A look at its version, one small row, tells whether it still holds.
final class DictionaryCache: Sendable {
    private let kept = Mutex<TraitDictionary?>(nil)

    func current(in connection: PostgresConnection) async throws -> TraitDictionary {
        let version = try await connection.query("SELECT version FROM profile.dictionary").first?.decode(Int64.self)
        if let known = kept.withLock({ $0 }), known.version == version { return known }
        let fresh = try await DictionaryStorage.load(in: connection)
        kept.withLock { $0 = fresh }
        return fresh
    }
}
