/// The prepared statements of one connection by their text, the least recently used making room.
struct StatementCache {
    struct Statement {
        var name: String
        var types: [PostgresType]
        fileprivate var lastUse: Int
    }

    private var statements: [String: Statement] = [:]
    private let limit: Int
    private var uses = 0
    private var names = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// The name of the statement, if it was prepared for the same types.
    mutating func name(of sql: SQL) -> String? {
        guard let index = statements.index(forKey: sql.template), sql.parameters.hasTypes(statements[index].value.types)
        else { return nil }
        uses += 1
        statements.values[index].lastUse = uses
        return statements.values[index].name
    }

    mutating func makeName() -> String {
        names += 1
        return "s\(names)"
    }

    /// Keeps a statement that the server has prepared; returns the names that it must forget for it.
    mutating func insert(_ sql: SQL, name: String) -> [String] {
        uses += 1
        let new = Statement(name: name, types: sql.parameters.types, lastUse: uses)
        var forgotten: [String] = []
        if let old = statements.updateValue(new, forKey: sql.template) { forgotten.append(old.name) }
        if statements.count > limit, let oldest = statements.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            statements[oldest.key] = nil
            forgotten.append(oldest.value.name)
        }
        return forgotten
    }

    mutating func remove(_ sql: SQL) { statements[sql.template] = nil }
}
