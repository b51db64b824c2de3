internal import Synchronization

/// A channel that counts what arrives, by dedupe key, as the far end would.
final class StubChannel: Sendable {
    private let hits = Mutex<[String: Int]>([:])

    func post(_ dedupeKey: String) {
        hits.withLock { $0[dedupeKey, default: 0] += 1 }
    }

    var all: [String: Int] { hits.withLock { $0 } }

    func has(_ dedupeKey: String) -> Bool { hits.withLock { $0[dedupeKey] != nil } }
}
