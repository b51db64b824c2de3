internal import Postgres

/// Many rows at once: by COPY into a table of the connection's own, and from there into place in one statement.
enum StagedCopy {
    /// So many rows go into place by one statement: for few, a table of their own does not pay and leaves its traces in the
    /// catalogue with every call. Measured with traits.
    static let statementRows = 50

    /// - Parameters:
    ///   - table: where the rows belong; the incoming ones have the types of its columns.
    ///   - rest: of `INSERT INTO table (columns) SELECT columns FROM incoming`, behind it.
    static func run(
        into table: String, columns: [String], _ rest: SQL, in connection: PostgresConnection,
        _ write: (inout PostgresCopyWriter) async throws -> Void
    ) async throws {
        let names = SQL.joined(columns.map { name -> SQL in "\(identifier: name)" }, separator: ", ")
        // Neither is prepared: the table is another each time.
        let create: SQL = """
            CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS SELECT \(names) FROM \(path: table) LIMIT 0
            """
        try await connection.execute(create.unprepared)
        try await connection.copyIn(into: "incoming", columns: columns, write)
        let merge: SQL = "INSERT INTO \(path: table) (\(names)) SELECT \(names) FROM incoming \(rest)"
        try await connection.execute(merge.unprepared)
        try await connection.execute("DROP TABLE incoming")
    }
}
