internal import CampaignDomain
internal import Testing

@Suite("triggers")
struct TriggerTests {
    private let properties = EventProperties(
        json: #"{"amount": 500000, "city": "Shanghai", "new": true, "nested": {"a": 1}, "none": null}"#)

    @Test("a condition compares one property of the event")
    func conditions() {
        let cases: [(TriggerCondition, Bool)] = [
            (TriggerCondition("amount", .greaterOrEqual, .number(500_000)), true),
            (TriggerCondition("amount", .greater, .number(500_000)), false),
            (TriggerCondition("amount", .less, .number(500_001)), true),
            (TriggerCondition("amount", .lessOrEqual, .number(499_999)), false),
            (TriggerCondition("amount", .equal, .number(500_000)), true),
            (TriggerCondition("amount", .equal, .text("500000")), false),
            (TriggerCondition("city", .equal, .text("Shanghai")), true),
            (TriggerCondition("city", .notEqual, .text("Beijing")), true),
            (TriggerCondition("new", .equal, .flag(true)), true),
            (TriggerCondition("new", .notEqual, .flag(true)), false),
            (TriggerCondition("new", .equal, .number(1)), false),
            (TriggerCondition("missing", .notEqual, .text("x")), false),
            (TriggerCondition("city", .known), true),
            (TriggerCondition("missing", .known), false),
            (TriggerCondition("none", .known), false),
        ]
        for (condition, fits) in cases {
            #expect(condition.fits(properties) == fits, "\(condition)")
        }
    }

    @Test("all conditions have to fit, and the type of the event")
    func all() {
        let trigger = Trigger(
            eventType: "loan.viewed",
            conditions: [
                TriggerCondition("amount", .greater, .number(1)), TriggerCondition("city", .equal, .text("Shanghai")),
            ], channel: "push")
        #expect(trigger.fits(eventType: "loan.viewed", properties))
        #expect(!trigger.fits(eventType: "loan.applied", properties))
        #expect(!trigger.fits(eventType: "loan.viewed", EventProperties(json: #"{"amount": 5}"#)))
        #expect(Trigger(eventType: "a", channel: "push").fits(eventType: "a", EventProperties(json: nil)))
    }

    @Test("values are whole minor units, and 0 where there is none")
    func minorUnits() {
        #expect(properties.minorUnits("amount") == 500_000)
        #expect(EventProperties(json: #"{"v": 12.5}"#).minorUnits("v") == 13)
        #expect(EventProperties(json: #"{"v": 1e300}"#).minorUnits("v") == 0)
        #expect(properties.minorUnits("city") == 0)
        #expect(EventProperties(json: "not JSON").minorUnits("v") == 0)
    }

    @Test("a value counts in the campaign's currency alone; what names none is in that")
    func currency() {
        func value(_ currency: String) -> Int64 {
            EventProperties(json: #"{"v": 5\#(currency)}"#).minorUnits("v", in: "CNY")
        }
        #expect(value("") == 5)
        #expect(value(#", "currency": "CNY""#) == 5)
        #expect(value(#", "currency": null"#) == 5)
        #expect(value(#", "currency": "USD""#) == 0)
        #expect(value(#", "currency": 156"#) == 0)
    }

    @Test(
        "a value is read to the last unit, and one beyond ten trillion is none",
        arguments: [
            ("1000000000000000", 1_000_000_000_000_000), ("-1000000000000000", -1_000_000_000_000_000),
            ("1000000000000001", 0), ("-1000000000000001", 0), ("9007199254740993", 0),
            ("9223372036854775807", 0), ("-9223372036854775808", 0), ("9e18", 0), ("1e15", 1_000_000_000_000_000),
            ("999999999999999.4", 999_999_999_999_999), ("999999999999999.5", 1_000_000_000_000_000),
            ("1000000000000000.4", 1_000_000_000_000_000), ("1000000000000000.5", 0),
            ("0.49999999999999999999", 0), ("0.5", 1), ("-0.5", -1), ("12.4", 12), ("5.0", 5), ("1.25e2", 125),
            ("1e-300", 0), ("-0", 0),
        ] as [(String, Int64)])
    func exactMinorUnits(number: String, expected: Int64) {
        #expect(EventProperties(json: #"{"v": \#(number)}"#).minorUnits("v") == expected)
    }
}
