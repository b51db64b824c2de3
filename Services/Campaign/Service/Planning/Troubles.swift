/// Campaigns that could not go on, and until when each is left alone. Machine time: what they wait for does not follow the
/// bank's clock.
struct Troubles: Sendable {
    private static let firstWait = Duration.milliseconds(500)
    private static let longestWait = Duration.seconds(30)

    private var waits: [Int64: (until: ContinuousClock.Instant, wait: Duration)] = [:]

    func mayTry(_ campaignID: Int64, at now: ContinuousClock.Instant = .now) -> Bool {
        waits[campaignID].map { $0.until <= now } ?? true
    }

    mutating func note(_ campaignID: Int64, at now: ContinuousClock.Instant = .now) {
        let wait = waits[campaignID].map { min($0.wait * 2, Self.longestWait) } ?? Self.firstWait
        waits[campaignID] = (now + wait, wait)
    }

    mutating func forget(_ campaignID: Int64) { waits[campaignID] = nil }
}
