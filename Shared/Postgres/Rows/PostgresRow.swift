/// One row of an answer. Values stay in the answer's memory until they are asked for.
public struct PostgresRow: Sendable {
    let storage: any RowStorage
    let index: Int

    public var columnCount: Int { storage.columnCount }

    /// The value of a column by its place, from 0.
    public func decode<T: PostgresDecodable>(_ column: Int, as type: T.Type = T.self) throws(PostgresError) -> T {
        guard column >= 0, column < storage.columnCount else {
            throw PostgresError(.decoding, "column \(column) of \(storage.columnCount) does not exist")
        }
        let columnType = storage.type(column: column)
        return try storage.withField(row: index, column: column) { (field) throws(PostgresError) -> T in
            guard let field else { return try T.postgresNull() }
            return try T(postgresBinary: field.bytes, type: columnType)
        }
    }

    /// The value of a column by its name.
    public func decode<T: PostgresDecodable>(_ column: String, as type: T.Type = T.self) throws(PostgresError) -> T {
        guard let index = storage.columnIndex(named: column) else {
            throw PostgresError(.decoding, "no column is called \(column)")
        }
        do {
            return try decode(index, as: type)
        } catch {
            throw PostgresError(error.code, "column \(column): \(error.explanation)")
        }
    }

    /// The first columns by their types: `let (id, name) = try row.decode(Int64.self, String.self)`.
    public func decode<First: PostgresDecodable, Second: PostgresDecodable, each Rest: PostgresDecodable>(
        _ first: First.Type, _ second: Second.Type, _ rest: repeat (each Rest).Type
    ) throws(PostgresError) -> (First, Second, repeat each Rest) {
        try decode((First, Second, repeat each Rest).self)
    }

    /// The first columns as a tuple: `let (id, name) = try row.decode((Int64, String).self)`.
    public func decode<each T: PostgresDecodable>(_ types: (repeat each T).Type = (repeat each T).self)
        throws(PostgresError) -> (repeat each T)
    {
        var column = -1
        func next<V: PostgresDecodable>(_ type: V.Type) throws(PostgresError) -> V {
            column += 1
            return try decode(column, as: type)
        }
        return (repeat try next((each T).self))
    }
}

/// Where a row's bytes are: an answer of libpq, or a chunk read by COPY.
protocol RowStorage: Sendable {
    var columnCount: Int { get }
    func columnIndex(named name: String) -> Int?
    func type(column: Int) -> PostgresType
    /// Lends the bytes of a field, nil for NULL; they must not escape.
    func withField<R>(row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) throws(PostgresError) -> R)
        throws(PostgresError) -> R
}
