internal import ProfileDomain
internal import Synchronization

/// Homes of identities that were looked up before.
///
/// An identity keeps its home for ever, so an answer never grows old; only the memory is bounded. When one generation is
/// full it becomes the older one, and what is still asked for moves over: recent look-ups survive at the price of a swap.
final class HomeCache: Sendable {
    private struct Generations {
        var recent: [Identity: Int64] = [:]
        var older: [Identity: Int64] = [:]
    }

    private let generationLimit: Int
    private let generations = Mutex(Generations())

    init(limit: Int) { generationLimit = max(1, limit / 2) }

    /// The homes known for these identities; those not known are missing.
    func homes(of identities: [Identity]) -> [Identity: Int64] {
        generations.withLock { state in
            var found: [Identity: Int64] = [:]
            found.reserveCapacity(identities.count)
            for identity in identities {
                if let home = state.recent[identity] {
                    found[identity] = home
                } else if let home = state.older[identity] {
                    found[identity] = home
                    insert(identity, home, &state)
                }
            }
            return found
        }
    }

    func remember(_ homes: [Identity: Int64]) {
        generations.withLock { state in
            for (identity, home) in homes { insert(identity, home, &state) }
        }
    }

    private func insert(_ identity: Identity, _ home: Int64, _ state: inout Generations) {
        if state.recent.count >= generationLimit {
            state.older = state.recent
            state.recent = [:]
        }
        state.recent[identity] = home
    }
}
