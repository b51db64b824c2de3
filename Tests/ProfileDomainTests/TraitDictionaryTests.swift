internal import ProfileDomain
internal import Testing

@Suite("A change of the dictionary")
struct TraitDictionaryTests {
    private static func trait(
        _ name: String, _ sensitivity: Sensitivity, refresh: String = ""
    ) throws(FieldProblem) -> TraitDefinition {
        try TraitDefinition(
            name: name, type: .text, meaning: "m", source: "s", refresh: refresh, sensitivity: sensitivity,
            known: .before)
    }

    @Test("says in words which sensitivity was lowered, to which auditors look")
    func words() throws {
        let old = TraitDictionary(
            version: 1, definitions: [try Self.trait("phone", .c3), try Self.trait("city", .c2)])
        let change = try old.changes(for: [
            try Self.trait("phone", .c1), try Self.trait("city", .c2, refresh: "daily"), try Self.trait("age", .c2),
        ])
        #expect(change.auditText(from: old) == "age (C2), phone (C3 -> C1), city")
    }

    @Test("names the member that is too long")
    func refresh() {
        #expect {
            try Self.trait("age", .c1, refresh: String(repeating: "x", count: 121))
        } throws: { ($0 as? FieldProblem)?.field == "refresh" }
    }
}
