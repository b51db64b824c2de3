/// How much a channel bears at the moment. A channel that is down gets single posts with growing pauses between them,
/// so that an outage does not use up the attempts of everything that is due.
struct ChannelPressure: Sendable {
    /// What may be done next.
    enum Turn: Equatable {
        /// - Parameter isProbe: the one post that finds out whether the channel is back.
        case claim(upTo: Int, isProbe: Bool)
        case rest(until: ContinuousClock.Instant)
        /// The probe that is under way decides.
        case awaitProbe
    }

    /// Posts in a row, none of which is known to be taken, after which a channel counts as down.
    private static let downAfter = 8
    private static let shortestPause: Duration = .milliseconds(500)
    private static let longestPause: Duration = .seconds(60)

    private var notTakenInARow = 0
    private var pause: Duration = .zero
    /// Counted from the post that failed, and not from when something is due again.
    private var resumeAt: ContinuousClock.Instant?
    private var isProbing = false

    private var isDown: Bool { notTakenInARow >= Self.downAfter }

    /// What became of a post.
    mutating func note(_ verdict: PostVerdict, isProbe: Bool, at now: ContinuousClock.Instant) {
        guard let wait = Self.wait(verdict) else {
            self = ChannelPressure()
            return
        }
        notTakenInARow += 1
        if isProbe { isProbing = false }
        // Only a probe, sent after the pause, lengthens it; those that were under way before say nothing new.
        guard notTakenInARow == Self.downAfter || isDown && isProbe else { return }
        pause = min(Self.longestPause, max(pause * 2, Self.shortestPause, wait))
        resumeAt = now.advanced(by: pause)
    }

    /// How long the channel wants to be left alone; nil where it works.
    private static func wait(_ verdict: PostVerdict) -> Duration? {
        switch verdict {
        case .sent: nil
        case .postAgain(_, let wait, _): .milliseconds(wait)
        // An outage too: each message posted into it would have to be decided by a person.
        case .unknown: .zero
        case .refused(_, let isOfUs): isOfUs ? .zero : nil
        }
    }

    func turn(upTo most: Int, at now: ContinuousClock.Instant) -> Turn {
        guard isDown else { return .claim(upTo: most, isProbe: false) }
        if isProbing { return .awaitProbe }
        if let resumeAt, now < resumeAt { return .rest(until: resumeAt) }
        return .claim(upTo: 1, isProbe: true)
    }

    /// A delivery that was claimed as a probe is about to be posted; `note` or `leaveOff` follows.
    mutating func probe() {
        isProbing = isDown
    }

    /// The probe was not posted after all.
    mutating func leaveOff() {
        isProbing = false
    }
}
