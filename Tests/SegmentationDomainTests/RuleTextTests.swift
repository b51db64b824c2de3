internal import Testing

@testable internal import SegmentationDomain

/// One text that is not a rule, and what the person is told.
struct BadText: Sendable, CustomTestStringConvertible {
    var text: String
    var code: RuleProblem.Code
    var line: Int
    var column: Int
    var suggestion: String?

    init(_ text: String, _ code: RuleProblem.Code, _ line: Int, _ column: Int, _ suggestion: String? = nil) {
        (self.text, self.code, self.line, self.column, self.suggestion) = (text, code, line, column, suggestion)
    }

    var testDescription: String { text }
}

@Suite("Mistakes in a rule's text are named with line, column and what was meant")
struct RuleTextTests {
    static let mistakes: [BadText] = [
        BadText("", .syntax, 1, 1),
        BadText("age", .syntax, 1, 4),
        BadText("age >", .syntax, 1, 6),
        BadText("age == 3", .syntax, 1, 5, "="),
        BadText("age <> 3", .syntax, 1, 5, "!="),
        BadText("contact = cellular", .syntax, 1, 11, "\"cellular\""),
        BadText("contact = 'cellular'", .badCharacter, 1, 11, "\""),
        BadText("contact = \u{201C}cellular\u{201D}", .badCharacter, 1, 11, "\""),
        BadText("\u{FF08}age > 3", .badCharacter, 1, 1, "("),
        BadText("age > 3\nand contact = \"cell", .badText, 2, 15, "\""),
        BadText("age > 3\n  adn b = 1", .syntax, 2, 3, "and"),
        BadText("(age > 3", .syntax, 1, 9, ")"),
        BadText("age > 3)", .syntax, 1, 8),
        BadText("age > .5", .badNumber, 1, 7, "0.5"),
        BadText("age > 5.", .badNumber, 1, 7, "5.0"),
        BadText("age > +5", .badNumber, 1, 7, "5"),
        BadText("age > 99999999999999999999", .badNumber, 1, 7),
        BadText("age > 1e999", .badNumber, 1, 7),
        BadText("age > 1e-999", .badNumber, 1, 7),
        BadText("age in ()", .syntax, 1, 9),
        BadText("age in (1 2)", .syntax, 1, 11, ")"),
        BadText("age betwen 1 and 2", .syntax, 1, 5, "between"),
        BadText("age between 1, 2", .syntax, 1, 14, "and"),
        BadText("age is null", .syntax, 1, 8, "unknown"),
        BadText("age is not known", .syntax, 1, 8, "unknown"),
        BadText("age is knwon", .syntax, 1, 8, "known"),
        BadText("events(login, last 3 days) >= 1", .syntax, 1, 8),
        BadText("events(\"login\") >= 1", .syntax, 1, 15, ", last 30 days"),
        BadText("events(\"login\", last 3 dyas) >= 1", .syntax, 1, 24, "days"),
        BadText("events(\"login\", last 3 days, channel = 1) >= 1", .syntax, 1, 30, "where"),
        BadText("events(\"login\", last 3 days, where a = 1 or b = 2) >= 1", .syntax, 1, 42),
        BadText("events(\"login\", last 3 days)", .syntax, 1, 29, ">= 1"),
        BadText("events(\"login\", last 3 days) >= 1.5", .syntax, 1, 33),
        BadText("since > time(\"2026-02-30T00:00:00Z\")", .badTime, 1, 14),
        BadText("since > time(\"2026-02-03\")", .badTime, 1, 14),
        BadText("a = \"\\q\"", .badText, 1, 6, "\\\\"),
        BadText("a = \"\\u{0}\"", .badText, 1, 6, "\\\\"),
        BadText("a = \"x\ny\"", .badText, 1, 7),
        BadText("a = 1 & b = 2", .badCharacter, 1, 7, "and"),
        BadText("\u{57CE}\u{5E02} = \"x\"", .badCharacter, 1, 1, "`\u{57CE}\u{5E02}`"),
        BadText("a = 1 and (\u{57CE}\u{5E02}_2 = 3)", .badCharacter, 1, 12, "`\u{57CE}\u{5E02}_2`"),
        BadText("city = \u{4E0A}\u{6D77}", .badCharacter, 1, 8, "\"\u{4E0A}\u{6D77}\""),
        BadText("city in (\u{4E0A}\u{6D77})", .badCharacter, 1, 10, "\"\u{4E0A}\u{6D77}\""),
        BadText("events(\"l\", last 1 day, where \u{57CE} = 1) > 0", .badCharacter, 1, 31, "`\u{57CE}`"),
    ]

    @Test("each mistake", arguments: mistakes)
    func eachMistake(mistake: BadText) throws {
        let problem = try #require(throws: RuleProblem.self) { try LocatedRule(text: mistake.text) }
        #expect(problem.place == .text(line: mistake.line, column: mistake.column), "\(problem.message)")
        #expect(problem.code == mistake.code, "\(problem.message)")
        #expect(problem.suggestion == mistake.suggestion, "\(problem.message)")
        #expect(problem.message.hasSuffix("."))
    }

    @Test("names that are words of the language stand in backquotes")
    func quotedNames() throws {
        let rule = try LocatedRule(text: "`and` = 1 and events = 2 and time = 3 and last is known").rule
        #expect(rule.text == "`and` = 1 and events = 2 and time = 3 and last is known")
        #expect(rule.conditions.first == .trait(name: "and", test: .compare(.equal, .integer(1))))
    }

    @Test("a column counts characters, not bytes")
    func columnsCountCharacters() throws {
        let problem = try #require(throws: RuleProblem.self) {
            try LocatedRule(text: "city = \"\u{4E0A}\u{6D77}\" && age > 3")
        }
        #expect(problem.place == .text(line: 1, column: 13))
    }

    @Test("a text cut anywhere gives a problem or a rule, never a crash")
    func cutAnywhere() throws {
        let text =
            #"(a = "x\u{41}" or not b between -1.5e3 and 2) and events("l", last 1 day, where `p` in (true)) != 3"#
        for length in 0..<text.count {
            do throws(RuleProblem) {
                _ = try LocatedRule(text: String(text.prefix(length)))
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
    }
}
