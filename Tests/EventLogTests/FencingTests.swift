import EventLog
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite struct FencingTests {
    @Test("an owner that was paused past its lease can write no more")
    func pausedOwner() async throws {
        try await LogFixture.withPool { pool in
            try await LogFixture.append((0..<500).map { Int64($0) }, to: pool)
            // The first member stands still between taking its partitions and moving its cursors: its pool has one
            // connection, which the test keeps.
            var narrow = pool.configuration
            narrow.poolSize = 1
            let pausedPool = PostgresPool(narrow, logger: pool.logger)
            let applied = Atomic(0)
            let paused = LogFixture.consumer(pausedPool) { batch, connection in
                applied.add(batch.entries.count, ordering: .relaxed)
                try await LogFixture.effect(batch, connection)
            }
            try await LogFixture.running([paused]) {
                try await eventually { try await paused.lag() == 0 }
                try await pausedPool.withConnection { _ in
                    try await LogFixture.append((0..<500).map { Int64($0) }, keyed: "b", to: pool)
                    try await LogFixture.running([LogFixture.consumer(pool)]) {
                        try await eventually("the other takes over what the paused one held") {
                            try await LogFixture.consumer(pool).lag() == 0
                        }
                    }
                }
                try await LogFixture.append((0..<500).map { Int64($0) }, keyed: "c", to: pool)
                try await eventually { try await paused.lag() == 0 }
            }
            await pausedPool.close()
            #expect(applied.load(ordering: .relaxed) == 1000)
            #expect(try await LogCheck(pool: pool).faults(acknowledged: []) == [])
        }
    }

    @Test("a dead member whose lease ends long after the clock was set back holds nothing")
    func clockSetBack() async throws {
        try await LogFixture.withPool { pool in
            try await LogFixture.append((0..<500).map { Int64($0) }, to: pool)
            try await LogFixture.running([LogFixture.consumer(pool)]) {
                try await eventually { try await LogFixture.consumer(pool).lag() == 0 }
            }
            try await pool.execute(
                "INSERT INTO follower.log_member VALUES ('tests', 'origin', 'dead', now() + interval '1 h')")
            try await pool.execute("UPDATE follower.log_cursor SET lease_owner = 'dead' WHERE partition < 128")
            try await LogFixture.append((0..<500).map { Int64($0) }, keyed: "b", to: pool)
            try await LogFixture.running([LogFixture.consumer(pool)]) {
                try await eventually { try await LogFixture.consumer(pool).lag() == 0 }
            }
            #expect(try await LogCheck(pool: pool).faults(acknowledged: []) == [])
        }
    }

    @Test("a cursor moves only for the newest token and from where it stands")
    func tokens() async throws {
        try await LogFixture.withPool { pool in
            try await pool.execute(
                "INSERT INTO follower.log_cursor VALUES (3, 'tests', 'origin', 10, 'me', 7), (4, 'tests', 'origin', 0, 'me', 1)"
            )
            func advance(from old: Int64, to new: Int64, token: Int64) async throws -> Int32 {
                try await pool.query(
                    """
                    SELECT follower.log_advance_cursors('tests', 'origin', \([3, 4] as [Int16]), \([old, 0]),
                        \([new, 5]), \([token, 1]))
                    """)[0].decode(0)
            }
            #expect(try await advance(from: 10, to: 12, token: 6) == 0)
            #expect(try await advance(from: 9, to: 12, token: 7) == 0)
            #expect(try await advance(from: 10, to: 12, token: 7) == 2)
            #expect(try await advance(from: 10, to: 12, token: 7) == 0)
        }
    }
}
