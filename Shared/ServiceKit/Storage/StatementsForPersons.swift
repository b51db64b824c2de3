public import Postgres

extension PostgresConfiguration {
    /// The same for what is asked for a person: statements that read a table of the suite are refused.
    public var forPersons: PostgresConfiguration {
        var copy = self
        copy.statementRule = StatementsForPersons.check
        return copy
    }
}

/// What a statement for a person may name.
///
/// The tables behind the views have no office of their own: a trait, a consent, a contact of anybody would be seen
/// there. The views join them to their customer or owner (`visible_…`, `published_…`), and their policies let through what
/// is the person's. So a statement reads views alone, and names a table only to write into it.
enum StatementsForPersons {
    /// Keys of calls and their replies, which a policy keeps for who made them.
    private static let ownPolicies: Set<Substring> = ["idempotency"]
    private static let schemas = Set((Bootstrap.services + ["audit"]).map { $0[...] })

    /// - Throws: `.invalidUse`, naming the table.
    static func check(_ text: String) throws(PostgresError) {
        let bare = text.replacing(#/'(?:[^']|'')*'/#, with: "''").replacing("\"", with: "")
        for name in bare.matches(of: #/(?<before>(?:\w+\s+){0,2})(?<schema>\w+)\.(?<relation>\w+)/#)
        where schemas.contains(name.schema) && !isAllowed(name.relation, after: name.before) {
            throw PostgresError(
                .invalidUse,
                "a statement for a person reads \(name.schema).\(name.relation): it may read views alone, named visible_… or published_…"
            )
        }
    }

    private static func isAllowed(_ relation: Substring, after words: Substring) -> Bool {
        relation.hasPrefix("visible_") || relation.hasPrefix("published_") || ownPolicies.contains(relation)
            || words.contains(#/\b(?:INTO|UPDATE|DELETE\s+FROM)\s+$/#)
    }
}
