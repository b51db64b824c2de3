import Postgres
import TestSupport
import Testing

@Suite struct PipelineTests {
    @Test("a batch answers statement by statement")
    func batch() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                for _ in 0..<2 {
                    let answers = try await connection.pipeline(
                        (0..<200).map { number in
                            number % 2 == 0 ? "SELECT \(number)" : "SELECT \(number) WHERE \(number) < 0"
                        })
                    #expect(answers.count == 200)
                    for (number, rows) in answers.enumerated() {
                        #expect(try rows.map { try $0.decode(0, as: Int.self) } == (number % 2 == 0 ? [number] : []))
                    }
                }
                #expect(try await connection.pipeline([]).isEmpty)
                #expect(try await connection.query("SELECT 1").count == 1)
            }
        }
    }

    @Test("a failed batch changes nothing, names its first error and leaves the connection in order")
    func failure() async throws {
        try await withPool(size: 1) { pool in
            try await pool.execute("CREATE TABLE kept (a int PRIMARY KEY)")
            let insert: (Int32) -> SQL = { "INSERT INTO kept VALUES (\($0))" }
            for _ in 0..<2 {
                let error = await postgresError {
                    try await pool.withConnection { connection in
                        _ = try await connection.executePipeline([insert(1), insert(2), insert(1), insert(3)])
                    }
                }
                #expect(error?.isUniqueViolation == true)
                #expect(try await pool.query("SELECT FROM kept").isEmpty)
            }
            let counts = try await pool.withConnection { try await $0.executePipeline([insert(1), insert(2)]) }
            #expect(counts == [1, 1])
            #expect(pool.occupancy.connections == 1)
        }
    }

    @Test("a batch larger than all buffers goes through")
    func large() async throws {
        try await withPool { pool in
            let text = String(repeating: "x", count: 100_000)
            let answers = try await pool.withConnection { connection in
                try await connection.pipeline((0..<100).map { "SELECT \($0), \(text)" })
            }
            #expect(answers.count == 100)
            #expect(try answers.allSatisfy { try $0[0].decode(1, as: String.self).utf8.count == 100_000 })
        }
    }
}
