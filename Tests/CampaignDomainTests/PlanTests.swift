internal import CampaignDomain
internal import Foundation
internal import Testing

@Suite("the plan of a campaign")
struct PlanTests {
    @Test("a plan that can run is accepted")
    func accepted() throws {
        try CampaignPlan.sample.check()
        var triggered = CampaignPlan.sample
        triggered.waves = []
        triggered.triggers = [
            Trigger(
                eventType: "loan.viewed", conditions: [TriggerCondition("amount", .greater, .number(1))],
                channel: "push")
        ]
        try triggered.check()
        var later = CampaignPlan.sample
        later.waves = [
            Wave(number: 1, channel: "sms"), Wave(number: 2, channel: "sms"),
            Wave(number: 3, channel: "sms", startsAt: Date(timeIntervalSince1970: 100)),
        ]
        try later.check()
    }

    @Test("what cannot run is refused by the name of its field", arguments: PlanTests.wrong)
    func refused(field: String, change: @Sendable (inout CampaignPlan) -> Void) {
        var plan = CampaignPlan.sample
        change(&plan)
        let problem = #expect(throws: CampaignProblem.self) { try plan.check() }
        #expect(problem?.field == "plan.\(field)")
        #expect(problem?.code == .invalid)
    }

    private typealias Change = @Sendable (inout CampaignPlan) -> Void

    private static let wrong: [(String, Change)] = [
        ("name", { $0.name = "" }),
        ("name", { $0.name = "a\u{7}b" }),
        ("office_path", { $0.officePath = "/head/../" }),
        ("office_path", { $0.officePath = "/Head/" }),
        ("office_path", { $0.officePath = "head" }),
        ("offer_code", { $0.offerCode = "Deposit" }),
        ("purpose", { $0.purpose = "" }),
        ("purpose", { $0.purpose = String(repeating: "p", count: 33) }),
        ("waves[0].channel", { $0.waves = [Wave(number: 1, channel: String(repeating: "c", count: 33))] }),
        (
            "triggers[0].channel",
            { $0.triggers = [Trigger(eventType: "a", channel: String(repeating: "c", count: 33))] }
        ),
        (
            "waves[1].starts_at_micros",
            {
                $0.waves = [
                    Wave(number: 1, channel: "sms", startsAt: Date(timeIntervalSince1970: 100)),
                    Wave(number: 2, channel: "sms"),
                ]
            }
        ),
        ("snapshot_id", { $0.snapshotID = 0 }),
        ("control_basis_points", { $0.controlBasisPoints = -1 }),
        ("control_basis_points", { $0.controlBasisPoints = 10_000 }),
        ("salt", { $0.salt = String(repeating: "s", count: 101) }),
        ("conversion_event_type", { $0.conversionEventType = "" }),
        ("conversion_window_micros", { $0.conversionWindowMicroseconds = 0 }),
        ("value_property", { $0.valueProperty = "a b" }),
        ("currency", { $0.valueProperty = "amount" }),
        ("currency", { $0.currency = "cny" }),
        ("waves", { $0.waves = [] }),
        ("waves[0].number", { $0.waves = [Wave(number: 2, channel: "sms")] }),
        ("waves[0].channel", { $0.waves = [Wave(number: 1, channel: "*")] }),
        (
            "waves[1].starts_at_micros",
            {
                $0.waves = [
                    Wave(number: 1, channel: "sms", startsAt: Date(timeIntervalSince1970: 100)),
                    Wave(number: 2, channel: "sms", startsAt: Date(timeIntervalSince1970: 99)),
                ]
            }
        ),
        ("triggers[0].event_type", { $0.triggers = [Trigger(eventType: "", channel: "sms")] }),
        ("triggers[0].channel", { $0.triggers = [Trigger(eventType: "a", channel: "")] }),
        (
            "triggers[0].conditions[0].operator",
            {
                $0.triggers = [
                    .init(eventType: "a", conditions: [.init(property: "p", operatorName: "~")], channel: "sms")
                ]
            }
        ),
        (
            "triggers[0].conditions[0].value",
            { $0.triggers = [.init(eventType: "a", conditions: [.init("p", .equal)], channel: "sms")] }
        ),
        (
            "triggers[0].conditions[0].operator",
            { $0.triggers = [.init(eventType: "a", conditions: [.init("p", .less, .flag(true))], channel: "sms")] }
        ),
    ]

    @Test("the arms of a past campaign have exactly one control")
    func pastArms() throws {
        try PastArm.check([PastArm(name: "none", isControl: true), PastArm(name: "mail", isControl: false)])
        #expect(throws: CampaignProblem.self) { try PastArm.check([PastArm(name: "none", isControl: true)]) }
        #expect(throws: CampaignProblem.self) {
            try PastArm.check([PastArm(name: "a", isControl: false), PastArm(name: "b", isControl: false)])
        }
        #expect(throws: CampaignProblem.self) {
            try PastArm.check([PastArm(name: "a", isControl: true), PastArm(name: "a", isControl: false)])
        }
    }
}

@Suite("the control group")
struct ControlAssignmentTests {
    @Test("the first eight bytes of the hash, big-endian, modulo 10,000, decide")
    func assignment() {
        let bytes: [UInt8] = [0, 0, 0, 0, 0, 0, 0x27, 0x0F] + Array(repeating: 0xFF, count: 24)
        #expect(!ControlAssignment.isHeld(hash: bytes, controlBasisPoints: 9_999))
        #expect(ControlAssignment.isHeld(hash: bytes, controlBasisPoints: 10_000))
        let large: [UInt8] = Array(repeating: 0xFF, count: 32)
        // 2^64 - 1 modulo 10,000 is 1,615.
        #expect(ControlAssignment.isHeld(hash: large, controlBasisPoints: 1_616))
        #expect(!ControlAssignment.isHeld(hash: large, controlBasisPoints: 1_615))
        #expect(!ControlAssignment.isHeld(hash: Array(repeating: 0, count: 32), controlBasisPoints: 0))
    }

    @Test("the customer number is hashed, and the ONE_ID where there is none")
    func text() {
        #expect(ControlAssignment.text(salt: "s", customerNumber: "40017", customerID: 9) == "s:40017")
        #expect(ControlAssignment.text(salt: "s", customerNumber: "", customerID: 9) == "s:9")
    }
}
