/// How much a channel bears at the moment. A channel that is down gets single posts with growing pauses between them,
/// so that an outage does not use up the attempts of everything that is due.
struct ChannelPressure: Sendable {
    /// Posts not taken in a row after which a channel counts as down.
    private static let downAfter = 8
    private static let longestPauseMilliseconds = 60_000

    private var notTakenInARow = 0
    private var pauseMilliseconds = 0
    private var isProbing = false

    mutating func note(_ verdict: PostVerdict) {
        guard case .postAgain(_, let wait, _) = verdict else {
            self = ChannelPressure()
            return
        }
        notTakenInARow += 1
        guard notTakenInARow >= Self.downAfter else { return }
        let doubled = max(500, pauseMilliseconds * 2)
        // Only a probe, sent after the pause, lengthens it; those that were under way before say nothing new.
        pauseMilliseconds =
            notTakenInARow == Self.downAfter || isProbing
            ? min(Self.longestPauseMilliseconds, max(doubled, wait)) : pauseMilliseconds
        isProbing = false
    }

    /// What to do before the next claim: how long to wait, and how many deliveries to take at most.
    mutating func next(upTo most: Int) -> (pause: Duration, limit: Int) {
        guard notTakenInARow >= Self.downAfter else { return (.zero, most) }
        isProbing = true
        return (.milliseconds(pauseMilliseconds), 1)
    }
}
