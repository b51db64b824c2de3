internal import Testing

@testable internal import CampaignService

@Suite("a campaign that cannot go on")
struct TroublesTests {
    @Test("is left alone for longer and longer, up to half a minute, and at once looked at again when it could go on")
    func waits() {
        var troubles = Troubles()
        var now = ContinuousClock.Instant.now
        #expect(troubles.mayTry(1, at: now))
        for wait in [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
            troubles.note(1, at: now)
            #expect(!troubles.mayTry(1, at: now + .milliseconds(wait - 1)))
            #expect(troubles.mayTry(2, at: now))
            now += .milliseconds(wait)
            #expect(troubles.mayTry(1, at: now))
        }
        troubles.note(1, at: now)
        troubles.forget(1)
        #expect(troubles.mayTry(1, at: now))
    }
}
