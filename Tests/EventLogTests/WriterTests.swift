import EventLog
import Postgres
import TestSupport
import Testing

@Suite struct WriterTests {
    @Test(
        "a customer's partition is the one that other languages compute",
        arguments: zip(
            [1, 2, 3, 1_000_000, -1, Int64.max, 0] as [Int64], [158, 60, 218, 253, 97, 225, 0] as [Int16]))
    func partitions(_ customer: Int64, _ partition: Int16) {
        #expect(LogPartition.of(customerID: customer) == partition)
    }

    @Test("entries get the next offsets of their partitions, in the order given, and come back as they were")
    func offsets() async throws {
        try await LogFixture.withPool { pool in
            let writer = EventLogWriter(schema: "origin")
            let entries = (0..<500).map { number in
                var entry = LogFixture.entry(customer: Int64(number % 40), key: "\(number)")
                if number % 2 == 0 { entry.body = [UInt8(number % 256), 0, 1] }
                if number % 3 == 0 { entry.propertiesJSON = nil }
                if number % 5 == 0 { entry.dedupeKey = nil }
                return entry
            }
            for half in [entries[..<200], entries[200...]] {
                try await pool.transaction { _ = try await writer.append(Array(half), in: $0) }
            }
            let heads = try await pool.withConnection { try await LogHeads.read(schema: "origin", in: $0) }
            let ranges = heads.offsets.sorted { $0.key < $1.key }.map { partition, last in
                LogRange(partition: partition, after: 0, upTo: last)
            }
            let read = try await pool.withConnection {
                try await LogReader(log: "origin", ownSchema: "follower").read(ranges, in: $0)
            }
            let byPartition = Dictionary(grouping: entries, by: \.partition)
            #expect(read.count == 500)
            for (partition, expected) in byPartition {
                let found = read.filter { $0.partition == partition }
                #expect(found.map(\.offset) == Array(1...Int64(expected.count)))
                #expect(found.map(\.customerID) == expected.map(\.customerID))
                #expect(found.map(\.dedupeKey) == expected.map(\.dedupeKey))
                #expect(found.map(\.propertiesJSON) == expected.map(\.propertiesJSON))
                #expect(found.map(\.body) == expected.map(\.body))
                #expect(found.allSatisfy { $0.occurredAt == LogFixture.moment && $0.subject == "viewed" })
            }
        }
    }

    @Test("writers of many partitions at once leave no gap and never block each other for good")
    func concurrentWriters() async throws {
        try await LogFixture.withPool { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        var generator = SeededGenerator(seed: UInt64(writer))
                        for number in 0..<20 {
                            let customers = (0..<30).map { _ in Int64.random(in: 0..<1000, using: &generator) }
                            try await LogFixture.append(customers, keyed: "\(writer)-\(number)-", to: pool)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let sums = try await pool.query(
                """
                SELECT (SELECT sum(last_offset) FROM origin.log_head), (SELECT count(*) FROM origin.log),
                    (SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()),
                    (SELECT count(*) FROM (SELECT partition FROM origin.log GROUP BY partition
                        HAVING max(log_offset) <> count(*)) AS gaps)
                """)[0]
            let (written, kept, deadlocks, gaps) = try sums.decode(Int64.self, Int64.self, Int64.self, Int64.self)
            #expect(written == 4800)
            #expect(kept == 4800)
            #expect(deadlocks == 0)
            #expect(gaps == 0)
        }
    }

    @Test("many entries of a transaction that may not stand still leave with its COMMIT, and not by COPY")
    func withoutCopy() async throws {
        try await LogFixture.withPool { pool in
            let entries = (0..<400).map { LogFixture.entry(customer: Int64($0), key: "\($0)") }
            func count(_ connection: PostgresConnection) async throws -> Int64 {
                try await connection.query("SELECT count(*) FROM origin.log")[0].decode(0)
            }
            // A COPY would stand in the table already, and the server would have waited for its data without a limit.
            try await pool.transaction(TransactionOptions(idleTimeout: .seconds(60))) { connection in
                _ = try await EventLogWriter(schema: "origin").append(entries, in: connection)
                #expect(try await count(connection) == 0)
            }
            #expect(try await pool.withConnection { try await count($0) } == 400)
        }
    }

    @Test("a transaction that is undone leaves no offset behind")
    func rollback() async throws {
        struct Stop: Error {}
        try await LogFixture.withPool { pool in
            await #expect(throws: Stop.self) {
                try await pool.transaction { connection in
                    try await EventLogWriter(schema: "origin").append(
                        [LogFixture.entry(customer: 1, key: "undone")], in: connection)
                    throw Stop()
                }
            }
            let position = try await LogFixture.append([1], to: pool)
            #expect(position.offsets == [LogPartition.of(customerID: 1): 1])
        }
    }

    @Test("the same dedupe key of a customer is refused, another customer's is not")
    func dedupe() async throws {
        try await LogFixture.withPool { pool in
            try await LogFixture.append([1, 2], keyed: "a", to: pool)
            let writer = EventLogWriter(schema: "origin")
            await #expect {
                try await pool.transaction { connection in
                    _ = try await writer.append([LogFixture.entry(customer: 1, key: "a0")], in: connection)
                }
            } throws: {
                ($0 as? PostgresError)?.isUniqueViolation == true
            }
            try await pool.transaction { connection in
                _ = try await writer.append([LogFixture.entry(customer: 2, key: "a0")], in: connection)
            }
        }
    }

    @Test("a gap is told and not read over")
    func gap() async throws {
        try await LogFixture.withPool { pool in
            let position = try await LogFixture.append([7, 7, 7], to: pool)
            let (partition, last) = position.offsets.first!
            try await pool.execute("DELETE FROM origin.log WHERE log_offset = 2")
            let range = LogRange(partition: partition, after: 0, upTo: last)
            await #expect {
                _ = try await pool.withConnection {
                    try await LogReader(log: "origin", ownSchema: "follower").read([range], in: $0)
                }
            } throws: {
                ($0 as? EventLogError)?.code == .gap
            }
        }
    }
}
