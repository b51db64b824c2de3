internal import Testing

@testable internal import SegmentationDomain

@Suite("The plain evaluator decides one customer")
struct RuleEvaluationTests {
    static let now: Int64 = 1_780_000_000_000_000
    static let day: Int64 = 86_400_000_000

    private func fits(_ text: String, _ facts: CustomerFacts) throws -> Bool {
        try LocatedRule(text: text).rule.fits(facts, asOfMicroseconds: Self.now)
    }

    @Test("the rule of the real bank")
    func bankRule() throws {
        let text = #"poutcome = "success" or (euribor3m < 1.5 and contact = "cellular")"#
        #expect(try fits(text, CustomerFacts(traits: ["poutcome": .text("success")])))
        #expect(try fits(text, CustomerFacts(traits: ["euribor3m": .decimal(1.4), "contact": .text("cellular")])))
        #expect(try !fits(text, CustomerFacts(traits: ["euribor3m": .decimal(1.5), "contact": .text("cellular")])))
        #expect(try !fits(text, CustomerFacts(traits: ["poutcome": .text("failure"), "contact": .text("cellular")])))
        #expect(try !fits(text, CustomerFacts()))
    }

    @Test("what is unknown fits no comparison, and not of that fits")
    func unknown() throws {
        let nobody = CustomerFacts()
        for test in ["= 1", "!= 1", "< 1", ">= 1", "in (1, 2)", "between 1 and 2", "is known"] {
            #expect(try !fits("age \(test)", nobody))
            #expect(try fits("not age \(test)", nobody))
        }
        #expect(try fits("age is unknown", nobody))
        #expect(try fits("age not in (1)", nobody))
        #expect(try !fits("age is unknown", CustomerFacts(traits: ["age": .integer(3)])))
    }

    @Test("numbers compare as the database compares them")
    func numbers() throws {
        #expect(try fits("a = 3.0 and a < 3.5 and a between 2.5 and 3", CustomerFacts(traits: ["a": .integer(3)])))
        #expect(try fits("a > 1 and a < 2 and a in (7, 1.5)", CustomerFacts(traits: ["a": .decimal(1.5)])))
        let large = CustomerFacts(traits: ["a": .integer(9_007_199_254_740_993)])
        #expect(try !fits("a = 9007199254740992", large))
        #expect(try fits("a = 9007199254740992.0", large))
    }

    @Test("texts are equal by their bytes")
    func texts() throws {
        let facts = CustomerFacts(traits: ["a": .text("e\u{301}")])
        #expect(try !fits("a = \"\u{E9}\"", facts))
        #expect(try fits("a = \"e\u{301}\" and a != \"\u{E9}\"", facts))
    }

    @Test("a window leaves out its first moment and takes in its last")
    func window() throws {
        func facts(_ times: Int64...) -> CustomerFacts {
            CustomerFacts(events: times.map { .init(type: "login", occurredAtMicroseconds: $0) })
        }
        let rule = #"events("login", last 2 days) = 1"#
        #expect(try fits(rule, facts(Self.now)))
        #expect(try !fits(rule, facts(Self.now + 1)))
        #expect(try !fits(rule, facts(Self.now - 2 * Self.day)))
        #expect(try fits(rule, facts(Self.now - 2 * Self.day + 1)))
        #expect(try fits(#"events("other", last 2 days) = 0"#, facts(Self.now)))
    }

    @Test("a property of another type, or none, fits no comparison")
    func properties() throws {
        func count(_ test: String, _ json: String) throws -> Bool {
            let properties = try JSONReader.read(json, depthLimit: 8)
            let event = CustomerFacts.Event(type: "buy", occurredAtMicroseconds: Self.now, properties: properties)
            return try fits("events(\"buy\", last 1 day, where \(test)) = 1", CustomerFacts(events: [event]))
        }
        #expect(try count("amount >= 10 and channel = \"app\"", #"{"amount":10.0,"channel":"app"}"#))
        #expect(try !count("amount != 10", #"{"amount":"9"}"#))
        #expect(try !count("amount != 10", #"{}"#))
        #expect(try count("amount is unknown", #"{"amount":null}"#))
        #expect(try count("amount is known", #"{"amount":[1]}"#))
        #expect(try !count("amount = 1", #"{"amount":[1]}"#))
        #expect(try count("flag = true and flag != false", #"{"flag":true}"#))
        #expect(try count("amount > 1.7e308 and amount between 1 and 1.7e308 ", #"{"amount":1}"#) == false)
        #expect(try count("amount > 1.7e308", #"{"amount":1e400}"#))
        #expect(try count("amount = 0.1", #"{"amount":0.100}"#))
        #expect(try !count("amount = 0.1", #"{"amount":0.1000000000000000055511151231257827}"#))
    }

    @Test("an explanation tells of each condition and of the whole")
    func explanation() throws {
        let rule = try LocatedRule(text: "a = 1 and not (b = 2 or c is known)").rule
        let explanation = rule.explain([true, false, false])
        #expect(explanation.fits)
        #expect(
            explanation.conditions == [
                .init(condition: "a = 1", fits: true), .init(condition: "b = 2", fits: false),
                .init(condition: "c is known", fits: false),
            ])
        #expect(!rule.explain([true, true, false]).fits)
    }
}
