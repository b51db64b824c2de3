import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct CopyTests {
    private static let moment = Date(microseconds: 1_700_000_000_123_456)

    private func makeTable(_ pool: PostgresPool) async throws {
        try await pool.execute(
            """
            CREATE TABLE loaded (id bigint PRIMARY KEY, kind smallint, name text, at timestamptz, body bytea,
                properties jsonb, tags text[], ratio double precision)
            """)
    }

    private static let columns = ["id", "kind", "name", "at", "body", "properties", "tags", "ratio"]

    private func load(_ range: Range<Int64>, into pool: PostgresPool) async throws -> Int {
        try await pool.withConnection { connection in
            try await connection.copyIn(into: "public.loaded", columns: Self.columns) { writer in
                for id in range {
                    try await writer.write(
                        id, Int16(id % 7), id % 3 == 0 ? nil : "名 \(id)", Self.moment, [UInt8(id % 256)],
                        PostgresJSON(#"{"id": \#(id)}"#), ["a", nil] as [String?], Double(id) / 2)
                }
            }
        }
    }

    @Test("rows go in by COPY and come out by COPY as they were")
    func bothWays() async throws {
        try await withPool { pool in
            try await makeTable(pool)
            #expect(try await load(0..<20_000, into: pool) == 20_000)
            var next: Int64 = 0
            try await pool.withConnection { connection in
                try await connection.copyOut("SELECT * FROM loaded ORDER BY id") { rows async throws in
                    for row in rows {
                        #expect(row.columnCount == 8)
                        #expect(try row.decode(0, as: Int64.self) == next)
                        #expect(try row.decode(2, as: String?.self) == (next % 3 == 0 ? nil : "名 \(next)"))
                        #expect(try row.decode(3, as: Date.self) == Self.moment)
                        #expect(try row.decode(4, as: [UInt8].self) == [UInt8(next % 256)])
                        #expect(try row.decode(5, as: PostgresJSON.self).text == #"{"id": \#(next)}"#)
                        #expect(try row.decode(6, as: [String?].self) == ["a", nil])
                        #expect(try row.decode(7, as: Double.self) == Double(next) / 2)
                        next += 1
                    }
                }
                #expect(next == 20_000)
                #expect(try await connection.query("SELECT 1").count == 1)
            }
        }
    }

    @Test("an error on the way loads nothing and leaves the connection in order")
    func failures() async throws {
        struct Stop: Error {}
        try await withPool(size: 1) { pool in
            try await makeTable(pool)
            await #expect(throws: Stop.self) {
                try await pool.withConnection { connection in
                    try await connection.copyIn(into: "loaded", columns: ["id"]) { writer in
                        for id in 0..<50_000 { try await writer.write(Int64(id)) }
                        throw Stop()
                    }
                }
            }
            let double = await postgresError {
                try await pool.withConnection { connection in
                    _ = try await connection.copyIn(into: "loaded", columns: ["id"]) { writer in
                        for _ in 0..<50_000 { try await writer.write(Int64(1)) }
                    }
                }
            }
            #expect(double?.isUniqueViolation == true)
            let width = await postgresError {
                try await pool.withConnection { connection in
                    _ = try await connection.copyIn(into: "loaded", columns: ["id", "kind"]) { try await $0.write(1) }
                }
            }
            #expect(width?.code == .invalidUse)
            let absent = await postgresError {
                try await pool.withConnection { connection in
                    _ = try await connection.copyIn(into: "absent", columns: ["id"]) { try await $0.write(1) }
                }
            }
            #expect(absent?.sqlState == "42P01")
            #expect(try await pool.query("SELECT FROM loaded").isEmpty)
            #expect(pool.occupancy == (1, 1, 0))
        }
    }

    @Test("COPY inside a transaction is undone with it")
    func transaction() async throws {
        struct Stop: Error {}
        try await withPool { pool in
            try await makeTable(pool)
            await #expect(throws: Stop.self) {
                try await pool.transaction { connection in
                    let rows: [(Int64, String)] = [(1, "a"), (2, "b")]
                    #expect(try await connection.copyIn(into: "loaded", columns: ["id", "name"], rows: rows) == 2)
                    #expect(try await connection.query("SELECT FROM loaded").count == 2)
                    throw Stop()
                }
            }
            #expect(try await pool.query("SELECT FROM loaded").isEmpty)
        }
    }

    @Test("a reader that stops early ends the COPY, and the connection serves on")
    func earlyStop() async throws {
        struct Stop: Error {}
        try await withPool(size: 1) { pool async throws in
            await #expect(throws: Stop.self) {
                try await pool.withConnection { connection in
                    try await connection.copyOut("SELECT generate_series(1, 5000000)") { _ in throw Stop() }
                }
            }
            #expect(try await pool.query("SELECT 1").count == 1)
            #expect(pool.occupancy == (1, 1, 0))
        }
    }

    @Test("a slow reader holds the server back instead of filling memory")
    func slowReader() async throws {
        try await withPool(size: 2) { pool in
            var isFirst = true
            var count = 0
            try await pool.withConnection { connection in
                let process = await connection.backendProcessID
                try await connection.copyOut("SELECT repeat('x', 1000) FROM generate_series(1, 100000)") { rows in
                    count += rows.count
                    guard isFirst else { return }
                    isFirst = false
                    try await eventually("the server waits for the reader") {
                        try await pool.query(
                            "SELECT FROM pg_stat_activity WHERE pid = \(process) AND wait_event = 'ClientWrite'"
                        )
                        .count == 1
                    }
                }
            }
            #expect(count == 100_000)
        }
    }

    @Test("a cancelled task leaves a COPY that waits for another transaction, at its begin and at its end")
    func cancellation() async throws {
        try await withPool(size: 4) { pool in
            try await makeTable(pool)
            let blocks: [SQL] = ["LOCK TABLE loaded IN ACCESS EXCLUSIVE MODE", "INSERT INTO loaded (id) VALUES (1)"]
            for block in blocks {
                try await pool.transaction { blocking in
                    try await blocking.execute(block)
                    let copying = Task {
                        try await pool.withConnection { connection in
                            let rows: [(Int64, String)] = [(1, "a")]
                            _ = try await connection.copyIn(into: "loaded", columns: ["id", "name"], rows: rows)
                        }
                    }
                    try await eventually("a COPY that waits") {
                        try await pool.query(
                            """
                            SELECT FROM pg_stat_activity
                            WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'COPY%'
                            """
                        )
                        .count == 1
                    }
                    copying.cancel()
                    await #expect(throws: CancellationError.self) { try await copying.value }
                }
                try await pool.execute("DELETE FROM loaded")
            }
            #expect(pool.occupancy.connections == pool.occupancy.idle)
        }
    }

    @Test("a statement with values is refused for COPY")
    func values() async throws {
        try await withPool { pool in
            let error = await postgresError {
                try await pool.withConnection { try await $0.copyOut("SELECT \(1)") { _ in } }
            }
            #expect(error?.code == .invalidUse)
        }
    }
}
