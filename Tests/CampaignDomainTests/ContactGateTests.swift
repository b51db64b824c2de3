internal import CampaignDomain
internal import Foundation
internal import Testing

@Suite("the contact gate")
struct ContactGateTests {
    /// 2026-03-02 12:00 in Shanghai.
    private static let noon = Date(timeIntervalSince1970: 1_772_424_000)
    private static let shanghai = TimeZone(identifier: "Asia/Shanghai")!

    private static let policy = ContactPolicy(
        caps: [Cap(channel: "sms", contacts: 1, window: 86_400), Cap(channel: "*", contacts: 2, window: 7 * 86_400)],
        quietHours: [QuietHours(channel: "*", fromMinute: 22 * 60, untilMinute: 8 * 60)])

    private static func gate(_ now: Date = noon) -> ContactGate {
        ContactGate(purpose: "marketing", channel: "sms", policy: policy, now: now, timeZone: shanghai)
    }

    private static let granted = Consent(purpose: "marketing", channel: "sms", isGranted: true)

    private static func facts(
        suppressed: Bool? = false, consents: [Consent]? = [granted], earlier: [EarlierContact]? = [],
        control: Bool? = false
    ) -> ContactFacts {
        ContactFacts(isSuppressed: suppressed, consents: consents, earlierContacts: earlier, isControl: control)
    }

    @Test("with consent, outside quiet hours and below the cap it allows, or holds the control group")
    func allows() {
        #expect(Self.gate().decide(Self.facts()) == .allowed)
        #expect(Self.gate().decide(Self.facts(control: true)) == .held)
    }

    @Test("it asks in the fixed order, control last")
    func order() {
        let reached = [EarlierContact(channel: "sms", leftAt: nil)]
        let night = Self.noon + 11 * 3_600
        var facts = Self.facts(suppressed: true, consents: [], earlier: reached, control: true)
        #expect(Self.gate(night).decide(facts) == .refused(.suppressed))
        facts.isSuppressed = false
        #expect(Self.gate(night).decide(facts) == .refused(.noConsent))
        facts.consents = [Self.granted]
        #expect(Self.gate(night).decide(facts) == .refused(.quietHours))
        #expect(Self.gate().decide(facts) == .refused(.cap))
        facts.earlierContacts = []
        #expect(Self.gate().decide(facts) == .held)
    }

    @Test("what is not known refuses")
    func failsClosed() {
        #expect(Self.gate().decide(ContactFacts()) == .refused(.unknownCustomer))
        #expect(Self.gate().decide(Self.facts(suppressed: nil)) == .refused(.unknownCustomer))
        #expect(Self.gate().decide(Self.facts(consents: nil)) == .refused(.unknownCustomer))
        #expect(Self.gate().decide(Self.facts(consents: [])) == .refused(.noConsent))
        #expect(Self.gate().decide(Self.facts(earlier: nil)) == .refused(.unknownHistory))
        #expect(Self.gate().decide(Self.facts(control: nil)) == .refused(.unknownArm))
    }

    @Test(
        "consent is of the purpose, of the channel or of all, in force, and outweighed by any withdrawal",
        arguments: [
            ([], false),
            ([granted], true),
            ([Consent(purpose: "service", channel: "sms", isGranted: true)], false),
            ([Consent(purpose: "marketing", channel: "push", isGranted: true)], false),
            ([Consent(purpose: "marketing", channel: "*", isGranted: true)], true),
            ([Consent(purpose: "marketing", channel: "sms", isGranted: true, validFrom: noon + 1)], false),
            ([Consent(purpose: "marketing", channel: "sms", isGranted: true, validFrom: noon)], true),
            ([Consent(purpose: "marketing", channel: "sms", isGranted: true, validUntil: noon)], false),
            ([Consent(purpose: "marketing", channel: "sms", isGranted: true, validUntil: noon + 1)], true),
            ([granted, Consent(purpose: "marketing", channel: "*", isGranted: false)], false),
            ([granted, Consent(purpose: "marketing", channel: "*", isGranted: false, validFrom: noon + 9)], false),
            ([granted, Consent(purpose: "marketing", channel: "*", isGranted: false, validUntil: noon)], true),
            ([granted, Consent(purpose: "marketing", channel: "push", isGranted: false)], true),
        ] as [([Consent], Bool)])
    func consent(lines: [Consent], isAllowed: Bool) {
        let decision = Self.gate().decide(Self.facts(consents: lines))
        #expect(decision == (isAllowed ? .allowed : .refused(.noConsent)))
    }

    @Test(
        "quiet hours pass midnight in the bank's time zone",
        arguments: [
            (21 * 60 + 59, false), (22 * 60, true), (23 * 60 + 59, true), (24 * 60, true), (31 * 60 + 59, true),
            (32 * 60, false),
        ])
    func quietHours(minuteFromMidnight: Int, isQuiet: Bool) {
        let midnight = Self.noon - 12 * 3_600
        #expect(Self.gate(midnight + Double(minuteFromMidnight) * 60).isQuiet == isQuiet)
    }

    @Test("what is reserved waits for the end of the quiet hours of its own channel")
    func quietWait() {
        let policy = ContactPolicy(quietHours: [
            QuietHours(channel: "*", fromMinute: 22 * 60, untilMinute: 8 * 60),
            QuietHours(channel: "call", fromMinute: 8 * 60, untilMinute: 9 * 60 + 30),
            QuietHours(channel: "fax", fromMinute: 0, untilMinute: 1_440),
        ])
        func wait(_ reserved: [String: Int64], hours: Double) -> QuietWait? {
            policy.quietWait(of: reserved, at: Self.noon + hours * 3_600 + 17, in: Self.shanghai)
        }
        #expect(wait(["sms": 3, "call": 2], hours: 0) == nil)
        #expect(wait([:], hours: 12) == nil && wait(["sms": 0], hours: 12) == nil)
        #expect(wait(["sms": 3, "call": 2], hours: 11) == QuietWait(contacts: 5, until: Self.noon + 20 * 3_600))
        // The hours of one channel follow upon those of all.
        #expect(wait(["call": 2], hours: 11) == QuietWait(contacts: 2, until: Self.noon + 21.5 * 3_600))
        #expect(wait(["sms": 3, "call": 2], hours: 20.5) == QuietWait(contacts: 2, until: Self.noon + 21.5 * 3_600))
        #expect(wait(["fax": 1], hours: 0) == QuietWait(contacts: 1, until: nil))
    }

    @Test("what a worker could let leave in quiet hours before its lease lapses waits for their end")
    func quietWithin() {
        let policy = ContactPolicy(quietHours: [
            QuietHours(channel: "sms", fromMinute: 12 * 60 + 5, untilMinute: 12 * 60 + 6)
        ])
        func isQuiet(_ minutes: Double, for seconds: Double) -> Bool {
            policy.isQuiet(channel: "sms", from: Self.noon + minutes * 60, seconds: seconds, in: Self.shanghai)
        }
        #expect(!isQuiet(0, for: 299) && isQuiet(0, for: 300))
        #expect(isQuiet(0, for: 600) && isQuiet(5.5, for: 0) && isQuiet(5.5, for: 600))
        #expect(!isQuiet(6, for: 600))
        func wait(_ lease: Duration) -> QuietWait? {
            policy.quietWait(of: ["sms": 1], at: Self.noon + 270, leases: ["sms": lease], in: Self.shanghai)
        }
        #expect(wait(.seconds(29)) == nil)
        #expect(wait(.seconds(30)) == QuietWait(contacts: 1, until: Self.noon + 360))
    }

    @Test(
        "the end of a wait is the first full minute at which a claim hands something out",
        arguments: [0, 29, 60, 90, 600])
    func quietEnd(leaseSeconds: Int) throws {
        // Between the two lie five minutes, too few for a long lease.
        let policy = ContactPolicy(quietHours: [
            QuietHours(channel: "sms", fromMinute: 12 * 60, untilMinute: 12 * 60 + 5),
            QuietHours(channel: "sms", fromMinute: 12 * 60 + 10, untilMinute: 12 * 60 + 20),
        ])
        let moment = Self.noon + 17
        let wait = policy.quietWait(
            of: ["sms": 1], at: moment, leases: ["sms": .seconds(leaseSeconds)], in: Self.shanghai)
        let minutes = (1...60).map { Self.noon + Double($0) * 60 }
        let first = minutes.first {
            !policy.isQuiet(channel: "sms", from: $0, seconds: Double(leaseSeconds), in: Self.shanghai)
        }
        #expect(try #require(wait).until == first)
    }

    @Test("a consent has to last as long as the contact may leave; a withdrawal need not")
    func lastingConsent() {
        func refusal(_ consents: [Consent], _ seconds: Double) -> ContactRefusal? {
            Self.gate().permission(Self.facts(consents: consents), forSeconds: seconds)
        }
        let ending = Consent(purpose: "marketing", channel: "sms", isGranted: true, validUntil: Self.noon + 30)
        #expect(refusal([ending], 29) == nil)
        #expect(refusal([ending], 30) == .noConsent && refusal([ending], 31) == .noConsent)
        #expect(refusal([ending, Self.granted], 31) == nil)
        let withdrawn = Consent(purpose: "marketing", channel: "*", isGranted: false, validUntil: Self.noon + 30)
        #expect(refusal([Self.granted, withdrawn], 31) == .noConsent)
    }

    @Test("quiet hours of another channel do not matter, and may lie within a day")
    func quietHoursOfChannel() {
        let policy = ContactPolicy(quietHours: [QuietHours(channel: "call", fromMinute: 12 * 60, untilMinute: 14 * 60)])
        #expect(policy.isQuiet(channel: "call", minuteOfDay: 12 * 60))
        #expect(!policy.isQuiet(channel: "call", minuteOfDay: 14 * 60))
        #expect(!policy.isQuiet(channel: "sms", minuteOfDay: 13 * 60))
    }

    @Test("the minute of the day is that of the zone, also before 1970")
    func minuteOfDay() {
        #expect(MinuteOfDay.of(Self.noon, in: Self.shanghai) == 12 * 60)
        #expect(MinuteOfDay.of(Self.noon, in: .gmt) == 4 * 60)
        #expect(MinuteOfDay.of(Date(timeIntervalSince1970: -60), in: .gmt) == 23 * 60 + 59)
    }

    @Test("a cap counts its own channel or all, what is on its way, and the window to its edge")
    func caps() {
        let day = 86_400.0
        let now = Self.noon
        func decide(_ earlier: [(String, Double?)]) -> ContactGate.Decision {
            let contacts = earlier.map { EarlierContact(channel: $0.0, leftAt: $0.1.map { now - $0 }) }
            return Self.gate().decide(Self.facts(earlier: contacts))
        }
        #expect(decide([("push", 0)]) == .allowed)
        #expect(decide([("sms", nil)]) == .refused(.cap))
        #expect(decide([("sms", day - 1)]) == .refused(.cap))
        #expect(decide([("sms", day)]) == .allowed)
        #expect(decide([("push", 1), ("push", nil)]) == .refused(.cap))
        #expect(decide([("push", 1), ("push", 7 * day)]) == .allowed)
    }

    @Test("the policy is checked by the name of its field")
    func policyCheck() throws {
        try Self.policy.check()
        let wrong: [(ContactPolicy, String)] = [
            (ContactPolicy(caps: [Cap(channel: "", contacts: 1, window: 1)]), "policy.caps[0].channel"),
            (ContactPolicy(caps: [Cap(channel: "sms", contacts: -1, window: 1)]), "policy.caps[0].contacts"),
            (ContactPolicy(caps: [Cap(channel: "sms", contacts: 1, window: 0)]), "policy.caps[0].window_micros"),
            (
                ContactPolicy(quietHours: [QuietHours(channel: "*", fromMinute: -1, untilMinute: 1)]),
                "policy.quiet_hours[0].from_minute"
            ),
            (
                ContactPolicy(quietHours: [QuietHours(channel: "*", fromMinute: 1, untilMinute: 1)]),
                "policy.quiet_hours[0].until_minute"
            ),
        ]
        for (policy, field) in wrong {
            let problem = #expect(throws: CampaignProblem.self) { try policy.check() }
            #expect(problem?.field == field)
        }
    }
}
