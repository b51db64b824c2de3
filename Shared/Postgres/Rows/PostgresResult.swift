internal import CPostgres
internal import Glibc

/// One answer of the server. Owns the `PGresult` and frees it with its last row.
///
/// `@unchecked Sendable`: libpq never changes a result once it has handed it out, and only reads are made here.
final class PostgresResult: RowStorage, @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Takes over `pointer`; nobody else may clear it.
    init(adopting pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    var status: ExecStatusType { PQresultStatus(pointer) }
    /// Whether it is an answer with nothing more to be done about it: neither an error nor a COPY.
    var isPlain: Bool {
        switch status {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: true
        default: false
        }
    }

    var rowCount: Int { Int(PQntuples(pointer)) }
    var columnCount: Int { Int(PQnfields(pointer)) }
    /// "INSERT 0 5", "COMMIT", …
    var commandTag: String { String(cString: PQcmdStatus(pointer)) }
    /// How many rows a statement wrote (or read).
    var affectedRows: Int { Int(String(cString: PQcmdTuples(pointer))) ?? 0 }

    var rows: [PostgresRow] {
        (0..<rowCount).map { PostgresRow(storage: self, index: $0) }
    }

    /// The server's refusal, where this is one.
    var error: PostgresError {
        PostgresError(
            .server, "", sqlState: field(ZHIKE_DIAGNOSTIC_SQLSTATE) ?? "",
            constraint: field(ZHIKE_DIAGNOSTIC_CONSTRAINT), serverMessage: field(ZHIKE_DIAGNOSTIC_PRIMARY) ?? "")
    }

    private func field(_ code: Int32) -> String? {
        PQresultErrorField(pointer, code).map { String(cString: $0) }
    }

    // MARK: RowStorage

    func columnIndex(named name: String) -> Int? {
        name.withCString { name in
            (0..<PQnfields(pointer)).first { strcmp(PQfname(pointer, $0), name) == 0 }.map(Int.init)
        }
    }

    func type(column: Int) -> PostgresType { PostgresType(objectID: PQftype(pointer, Int32(column))) }

    func withField<R>(row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) throws(PostgresError) -> R)
        throws(PostgresError) -> R
    {
        let (row, column) = (Int32(row), Int32(column))
        guard PQgetisnull(pointer, row, column) == 0 else { return try body(nil) }
        let start = UnsafeRawPointer(PQgetvalue(pointer, row, column))
        return try body(UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(pointer, row, column))))
    }
}
