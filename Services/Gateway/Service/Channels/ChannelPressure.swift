/// How much a channel bears at the moment. A channel that is down gets single posts with growing pauses between them,
/// so that an outage does not use up the attempts of everything that is due.
struct ChannelPressure: Sendable {
    /// Posts in a row, none of which is known to be taken, after which a channel counts as down.
    private static let downAfter = 8
    private static let longestPauseMilliseconds = 60_000

    private var notTakenInARow = 0
    private var pauseMilliseconds = 0
    private var isProbing = false

    mutating func note(_ verdict: PostVerdict) {
        guard let wait = Self.wait(verdict) else {
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

    /// How long the channel wants to be left alone, in milliseconds; nil where it works.
    private static func wait(_ verdict: PostVerdict) -> Int? {
        switch verdict {
        case .sent: nil
        case .postAgain(_, let wait, _): wait
        // An outage too: each message posted into it would have to be decided by a person.
        case .unknown: 0
        case .refused(_, let isOfUs): isOfUs ? 0 : nil
        }
    }

    /// What to do before the next claim: how long to wait, and how many deliveries to take at most.
    mutating func next(upTo most: Int) -> (pause: Duration, limit: Int) {
        guard notTakenInARow >= Self.downAfter else { return (.zero, most) }
        isProbing = true
        return (.milliseconds(pauseMilliseconds), 1)
    }
}
