internal import Synchronization

/// Whose turn came last in each channel, in this process: a claim goes on behind it, so that a large campaign keeps no
/// other waiting, however little each claim takes.
final class CampaignTurns: Sendable {
    private let last = Mutex<[String: Int64]>([:])

    /// The campaign whose turn came last; 0 where none had one.
    func last(of channel: String) -> Int64 { last.withLock { $0[channel] ?? 0 } }

    func note(_ campaignID: Int64, of channel: String) {
        last.withLock { $0[channel] = campaignID }
    }
}
