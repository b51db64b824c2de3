import Postgres
import TestSupport
import Testing

@Suite struct SQLTests {
    @Test("interpolated values become numbered parameters")
    func parameters() {
        let sql: SQL = "SELECT * FROM t WHERE a = \(1) AND b = \("x") OR c = \(nil as Int64?)"
        #expect(sql.text == "SELECT * FROM t WHERE a = $1 AND b = $2 OR c = $3")
    }

    @Test("a statement within a statement is renumbered")
    func splicing() {
        let inner: SQL = "x = \(1) AND y = \(2)"
        let outer: SQL = "SELECT \(0) WHERE \(inner) OR z = \(3)"
        #expect(outer.text == "SELECT $1 WHERE x = $2 AND y = $3 OR z = $4")
        #expect(SQL.joined([inner, outer, inner], separator: "; ").text.hasSuffix("x = $7 AND y = $8"))
        #expect(SQL.joined([], separator: ", ").text == "")
    }

    @Test("names are quoted")
    func names() {
        #expect(SQL("\(identifier: #"a"b"#).\(path: "s.t")").text == #""a""b"."s"."t""#)
        // A quote with a combining mark is one character to Swift and a quote to the server.
        #expect(SQL("\(identifier: "a\"\u{301}b")").text.unicodeScalars.count { $0 == "\"" } == 4)
    }

    @Test("what is interpolated is a value and never a part of the statement")
    func injection() async throws {
        try await withPool { pool in
            let hostile = "'; DROP SCHEMA public CASCADE; --"
            let row = try await pool.query("SELECT \(hostile), length(\(hostile))")[0]
            #expect(try row.decode(String.self, Int32.self) == (hostile, Int32(hostile.count)))
            let (low, high) = try await pool.query("SELECT \(Int64.min), \([1, nil] as [Int32?])")[0]
                .decode(Int64.self, [Int32?].self)
            #expect(low == .min)
            #expect(high == [1, nil])
        }
    }

    @Test("the same text with other types is another statement")
    func types() async throws {
        try await withPool(size: 1) { pool async throws in
            func type<T: PostgresEncodable>(of value: T) async throws -> String {
                try await pool.query("SELECT pg_typeof(\(value))::text")[0].decode(0)
            }
            for _ in 0..<2 {
                #expect(try await type(of: 1) == "bigint")
                #expect(try await type(of: "1") == "text")
                #expect(try await type(of: Int16(1)) == "smallint")
            }
        }
    }

    @Test("a connection keeps no more statements than its limit")
    func statementLimit() async throws {
        try await withPool(size: 1, statementLimit: 5) { pool in
            for number in 0..<20 {
                let sql: SQL = "SELECT \(unsafeSQL: "\(number)") + \(1)"
                #expect(try await pool.query(sql)[0].decode(0, as: Int64.self) == Int64(number + 1))
                #expect(try await pool.query(sql)[0].decode(0, as: Int64.self) == Int64(number + 1))
            }
            let kept = try await pool.query(SQL("SELECT count(*) FROM pg_prepared_statements").unprepared)
            #expect(try kept[0].decode(0, as: Int64.self) <= 5)
        }
    }

    @Test("a statement prepared before its table changed is prepared anew")
    func staleStatements() async throws {
        try await withPool(size: 1) { pool in
            try await pool.execute("CREATE TABLE changing (a int)")
            #expect(try await pool.query("SELECT * FROM changing").isEmpty)
            try await pool.execute("ALTER TABLE changing ADD COLUMN b int DEFAULT 2")
            try await pool.execute("INSERT INTO changing (a) VALUES (1)")
            #expect(try await pool.query("SELECT * FROM changing")[0].decode("b", as: Int32.self) == 2)
            try await pool.execute("ALTER TABLE changing ADD COLUMN c int DEFAULT 3")
            let third = try await pool.transaction { try await $0.query("SELECT * FROM changing")[0] }
            #expect(try third.decode("c", as: Int32.self) == 3)
        }
    }
}
