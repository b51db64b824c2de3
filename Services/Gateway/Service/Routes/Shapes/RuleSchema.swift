/// The JSON form of a rule, for the published document. Segmentation reads and writes it (its folder Domain/JSON), and says
/// what of it fits no trait or event type that is known; the gateway passes it on as it is.
enum RuleSchema {
    static let rule = JSONSchema.named(
        "Rule",
        .described(
            "Who belongs to a segment. Rules join with and, or and not, at most \(levels) levels deep.",
            .anyOf([
                object([("and", .array(itself, counts: 2...Int.max))]),
                object([("or", .array(itself, counts: 2...Int.max))]),
                object([("not", itself)]),
                .named(
                    "TraitRule",
                    .anyOf(tests(of: "trait", .text(lengths: 1...Int.max, pattern: TextForm.name.pattern, format: nil)))
                ),
                .named("EventRule", events),
            ])))

    /// As segmentation takes them.
    private static let levels = 100
    /// A level is an object, with an array in it where several rules are joined; in the innermost stand a test and its
    /// values.
    static let jsonDepth = 2 * levels + 8

    private static let itself = JSONSchema.reference("Rule")

    /// The comparisons of the rule language.
    private static let comparisons = ["=", "!=", "<", "<=", ">", ">="]

    private static let value = JSONSchema.named(
        "RuleValue",
        .anyOf([
            anyText, .number(nil), .flag,
            object([("time", .text(lengths: 20...40, pattern: nil, format: "date-time"))]),
        ]))

    private static let anyText = JSONSchema.text(
        lengths: 0...Int.max, pattern: TextForm.anything.pattern, format: nil)

    /// A name, and beside it one test of what has the name.
    private static func tests(of subject: String, _ name: JSONSchema) -> [JSONSchema] {
        comparisons.map { object([(subject, name), ($0, value)]) } + [
            object([(subject, name), ("in", .array(value, counts: 1...Int.max))]),
            object([(subject, name), ("between", .array(value, counts: 2...2))]),
            object([(subject, name), ("known", .flag)]),
        ]
    }

    /// How often something happened in the time before now: at most 3,660 days of it.
    private static let events = JSONSchema.object(members: [
        .init(
            name: "events",
            schema: .text(lengths: 1...Int.max, pattern: TextForm.eventType.pattern, format: nil), isRequired: true),
        .init(
            name: "last",
            schema: .anyOf([
                object([("minutes", .integer(1...3_660 * 24 * 60))]), object([("hours", .integer(1...3_660 * 24))]),
                object([("days", .integer(1...3_660))]), object([("weeks", .integer(1...3_660 / 7))]),
            ]), isRequired: true),
        .init(
            name: "where", schema: .array(.anyOf(tests(of: "property", anyText)), counts: 1...Int.max),
            isRequired: false),
        .init(
            name: "count", schema: .anyOf(comparisons.map { object([($0, .integer(0...1_000_000_000))]) }),
            isRequired: true),
    ])

    private static func object(_ members: [(name: String, schema: JSONSchema)]) -> JSONSchema {
        .object(members: members.map { .init(name: $0.name, schema: $0.schema, isRequired: true) })
    }
}
