import Testing

@Suite("the tree")
struct TidyTests {
    @Test("keeps the rule", arguments: TidyRule.all)
    func keeps(_ rule: TidyRule) {
        let violations = Tree.files.flatMap(rule.check)
        #expect(violations.isEmpty, "\(violations.map(\.description).joined(separator: "\n"))")
    }

    @Test("has a fixture that breaks the rule, and one that keeps it", arguments: TidyRule.all)
    func fixtures(_ rule: TidyRule) {
        #expect(!rule.breaking.isEmpty)
        for fixture in rule.breaking {
            #expect(!rule.check(fixture).isEmpty, "not found in \(fixture.path):\n\(fixture.text)")
        }
        for fixture in rule.keeping {
            #expect(rule.check(fixture) == [], "found in \(fixture.path):\n\(fixture.text)")
        }
    }

    @Test("holds at its top what the design lists and no more")
    func topLevel() {
        let found = Set(Tree.topLevel)
        #expect(ShapeRules.wrongAtTop(found) == [])
        #expect(ShapeRules.wrongAtTop(found.union(["Utils"])) == ["Utils"])
        #expect(ShapeRules.wrongAtTop(found.subtracting(["deploy"])) == ["deploy"])
    }

    @Test("has files of which half are 120 lines or shorter")
    func median() {
        let lengths = Tree.files.filter(\.isHandWritten).map(\.lines.count)
        #expect(ShapeRules.median(lengths) <= 121)
        #expect(ShapeRules.median([1, 2, 900]) == 2)
        #expect(ShapeRules.median([100, 300]) == 200)
    }

    @Test("was read at all")
    func read() {
        #expect(Tree.files.contains { $0.path == "Package.swift" })
        #expect(Tree.files.contains { $0.path == "Tests/TidyTests/TidyTests.swift" })
        #expect(Tree.files.filter(\.isSwift).count > 100)
    }
}
