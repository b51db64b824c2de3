import Postgres
import TestSupport
import Testing

@Suite struct MigrationTests {
    private static let first = Migration(
        name: "0001-first",
        text: """
            -- A comment; with a semicolon;
            CREATE TABLE notes.note (id bigint PRIMARY KEY, text text DEFAULT 'a;
            b', other text DEFAULT $$c;
            $$);
            /* CREATE TABLE notes.absent (id int);
            */
            CREATE FUNCTION notes.twice(a int) RETURNS int LANGUAGE sql AS $body$
                SELECT 1;
                SELECT $1 * 2;
            $body$;  -- the end
            ;;
            INSERT INTO notes.note VALUES (1), (2)
            ;;

            """)
    private static let second = Migration(
        name: "0002-second", statements: ["ALTER TABLE notes.note ADD COLUMN more int"])

    @Test("steps are applied once, in order, statement by statement")
    func order() async throws {
        try await withPool { pool in
            try await pool.execute("CREATE SCHEMA notes")
            let done = try await Migrator.migrate(pool, schema: "notes", migrations: [Self.second, Self.first])
            #expect(done == ["0001-first", "0002-second"])
            #expect(try await Migrator.migrate(pool, schema: "notes", migrations: [Self.first, Self.second]).isEmpty)
            let row = try await pool.query("SELECT text, other, more, notes.twice(4) FROM notes.note WHERE id = 2")[0]
            let (text, other, more, twice) = try row.decode(String.self, String.self, Int32?.self, Int.self)
            #expect((text, other) == ("a;\nb", "c;\n"))
            #expect(more == nil)
            #expect(twice == 8)
        }
    }

    @Test("processes that start together migrate once")
    func together() async throws {
        try await withPool { pool in
            try await pool.execute("CREATE SCHEMA notes")
            let done = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        try await Migrator.migrate(pool, schema: "notes", migrations: [Self.first, Self.second])
                    }
                }
                return try await group.reduce([], +)
            }
            #expect(done.sorted() == ["0001-first", "0002-second"])
        }
    }

    @Test("a step that was changed after it was applied stops the start and is named")
    func changed() async throws {
        try await withPool { pool in
            try await pool.execute("CREATE SCHEMA notes")
            try await Migrator.migrate(pool, schema: "notes", migrations: [Self.first])
            var other = Self.first
            other.text += "\nSELECT 1;"
            let error = await postgresError { try await Migrator.migrate(pool, schema: "notes", migrations: [other]) }
            #expect(error?.code == .migration)
            #expect(error?.description.contains("0001-first") == true)
        }
    }

    @Test("a step that fails leaves nothing behind and is tried again")
    func failure() async throws {
        try await withPool { pool in
            try await pool.execute("CREATE SCHEMA notes")
            let broken = Migration(
                name: "0003-broken", statements: ["CREATE TABLE notes.half (a int)", "SELECT absent"])
            let error = await postgresError {
                try await Migrator.migrate(pool, schema: "notes", migrations: [Self.first, broken])
            }
            #expect(error?.sqlState == "42703")
            #expect(error?.description.contains("0003-broken") == true)
            #expect(
                try await pool.query("SELECT to_regclass('notes.half')::text")[0].decode(0, as: String?.self) == nil)
            #expect(
                try await Migrator.migrate(pool, schema: "notes", migrations: [Self.first, Self.second]) == [
                    "0002-second"
                ])
        }
    }

    @Test("a step that only a newer program knows is left alone")
    func newer() async throws {
        try await withPool { pool in
            try await pool.execute("CREATE SCHEMA notes")
            try await Migrator.migrate(pool, schema: "notes", migrations: [Self.first, Self.second])
            #expect(try await Migrator.migrate(pool, schema: "notes", migrations: [Self.first]).isEmpty)
        }
    }
}
