@testable internal import SegmentationDomain

/// A random generator that can be repeated (SplitMix64); its seed stands in the name of the test that failed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Rules of every shape, with names and texts that nobody sensible would choose.
struct RandomRules {
    private var random: SplitMix
    private var builder = RuleBuilder()

    static func rule(seed: UInt64) throws -> Rule {
        var rules = RandomRules(random: SplitMix(state: seed))
        _ = try rules.node(depth: 0)
        return rules.builder.finish().rule
    }

    private init(random: SplitMix) {
        self.random = random
    }

    private static let place = NodePlace(start: .json(path: ""))

    private mutating func node(depth: Int) throws -> Int {
        let place = Self.place
        switch depth > 5 ? 0 : Int.random(in: 0..<7, using: &random) {
        case 0, 1, 2, 3: return try builder.add(.condition(condition()), at: place)
        case 4: return try builder.add(.and(children(depth: depth)), at: place)
        case 5: return try builder.add(.or(children(depth: depth)), at: place)
        default: return try builder.add(.not(node(depth: depth + 1)), at: place)
        }
    }

    private mutating func children(depth: Int) throws -> [Int] {
        var children: [Int] = []
        for _ in 0..<Int.random(in: 2...4, using: &random) { children.append(try node(depth: depth + 1)) }
        return children
    }

    private mutating func condition() -> Condition {
        guard Int.random(in: 0..<4, using: &random) == 0 else { return .trait(name: name(), test: test()) }
        let properties = (0..<Int.random(in: 0...2, using: &random)).map { _ in
            PropertyCondition(property: name(), test: test())
        }
        return .events(
            EventCount(
                type: text(),
                window: EventWindow(
                    count: Int64.random(in: 0...3, using: &random), unit: pick(EventWindow.Unit.allCases)),
                properties: properties, comparison: pick(Comparison.allCases), count: integer()))
    }

    private mutating func test() -> ValueTest {
        switch Int.random(in: 0..<5, using: &random) {
        case 0, 1: .compare(pick(Comparison.allCases), value())
        case 2: .isIn((0..<Int.random(in: 1...4, using: &random)).map { _ in value() })
        case 3: .between(value(), value())
        default: Bool.random(using: &random) ? .known : .unknown
        }
    }

    private mutating func value() -> RuleValue {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: .text(text())
        case 1: .integer(integer())
        case 2: .decimal(decimal())
        case 3: .flag(Bool.random(using: &random))
        default:
            .time(microseconds: Int64.random(in: -62_135_596_800_000_000...253_402_300_799_999_999, using: &random))
        }
    }

    private mutating func integer() -> Int64 {
        pick([0, 1, -1, 30, 1_000_000, Int64.max, Int64.min, Int64.random(in: .min ... .max, using: &random)])
    }

    private mutating func decimal() -> Double {
        let any = Double(bitPattern: random.next())
        return pick([
            0, -0.0, 1.5, 5000, 1e16, Double.leastNonzeroMagnitude, -1.797_693_134_862_315_7e308,
            any.isFinite ? any : 0.1,
        ])
    }

    private mutating func name() -> String {
        pick([
            "age", "poutcome", "emp.var.rate", "_x", "Upper", "and", "OR", "events", "time", "last", "is", "", text(),
        ])
    }

    private mutating func text() -> String {
        let scalars: [Unicode.Scalar] = [
            "a", "B", "0", " ", "\"", "\\", "`", "\n", "\r", "\t", "\u{1}", "\u{7F}", "\u{E9}", "\u{301}", "e",
            "\u{77E5}", "\u{5BA2}", "\u{1F600}", "\u{200D}", "\u{2028}", "(", "/", "{",
        ]
        return String(
            String.UnicodeScalarView((0..<Int.random(in: 0...6, using: &random)).map { _ in pick(scalars) }))
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &random)]
    }
}
