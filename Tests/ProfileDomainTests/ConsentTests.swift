internal import Foundation
internal import ProfileDomain
internal import Testing

@Suite("What a customer said last")
struct ConsentTests {
    private static func moment(_ hour: Double) -> Date { Date(timeIntervalSince1970: hour * 3_600) }

    private static func consent(_ granted: Bool, from hour: Double) throws -> Consent {
        try Consent(
            purpose: "marketing", channel: "sms", granted: granted, validFrom: moment(hour), validUntil: nil, source: ""
        )
    }

    /// Granted, valid from, written down at; a grant from this hour; whether it is outdated.
    @Test(
        "outweighs a grant from before it, never a withdrawal",
        arguments: [
            (false, 20, 20, 19, true), (false, 20, 20, 20, false), (false, 20, 20, 21, false),
            // Written down later than it holds from, and earlier.
            (false, 10, 20, 19, true), (false, 30, 20, 25, true), (false, 30, 20, 30, false),
            (true, 20, 20, 19, true), (true, 20, 20, 20, false), (true, 10, 20, 15, false), (true, 30, 20, 25, false),
        ] as [(Bool, Double, Double, Double, Bool)])
    func later(granted: Bool, from: Double, changed: Double, hour: Double, isOutdated: Bool) throws {
        let standing = StandingConsent(
            granted: granted, validFrom: Self.moment(from), changedAt: Self.moment(changed))
        #expect(try Self.consent(true, from: hour).isOutdated(by: standing, isSaidNow: true) == isOutdated)
        #expect(try Self.consent(false, from: hour).isOutdated(by: standing, isSaidNow: false) == false)
    }

    @Test("of the same moment outweighs what a file brings, not what a person says")
    func sameMoment() throws {
        let withdrawn = StandingConsent(granted: false, validFrom: Self.moment(20), changedAt: Self.moment(20))
        #expect(try Self.consent(true, from: 20).isOutdated(by: withdrawn, isSaidNow: false))
        #expect(try !Self.consent(true, from: 20).isOutdated(by: withdrawn, isSaidNow: true))
        let granted = StandingConsent(granted: true, validFrom: Self.moment(20), changedAt: Self.moment(20))
        #expect(try !Self.consent(true, from: 20).isOutdated(by: granted, isSaidNow: false))
    }
}
