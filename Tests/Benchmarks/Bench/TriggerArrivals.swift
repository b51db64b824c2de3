internal import Foundation
internal import Synchronization

/// When contacts arrived at the channel, by customer.
final class TriggerArrivals: Sendable {
    private struct State {
        var arrivedAt: [Int64: ContinuousClock.Instant] = [:]
        var awaited = 0
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Takes an arrival. A dedupe key reads `campaign.customer.wave.channel`.
    func arrived(_ dedupeKey: String) {
        let now = ContinuousClock.now
        let parts = dedupeKey.split(separator: ".")
        guard parts.count >= 2, let customer = Int64(parts[1]) else { return }
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.arrivedAt[customer] == nil { state.arrivedAt[customer] = now }
            guard state.arrivedAt.count >= state.awaited else { return nil }
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }

    /// Returns when contacts of `count` customers have arrived in all.
    private func wait(for count: Int) async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                state.awaited = count
                if state.arrivedAt.count >= count { return true }
                state.waiting = continuation
                return false
            }
            if isDone { continuation.resume() }
        }
    }

    private func giveUp() {
        state.withLock { state in
            defer { state.waiting = nil }
            return state.waiting
        }?.resume()
    }

    /// - Returns: false where they had not arrived before `limit` was over.
    func wait(for count: Int, atMost limit: Duration) async -> Bool {
        let watch = Task {
            do { try await Task.sleep(for: limit) } catch { return }
            giveUp()
        }
        await wait(for: count)
        watch.cancel()
        return state.withLock { $0.arrivedAt.count >= count }
    }

    subscript(customer: Int64) -> ContinuousClock.Instant? { state.withLock { $0.arrivedAt[customer] } }
}
