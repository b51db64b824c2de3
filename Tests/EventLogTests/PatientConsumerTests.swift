import EventLog
import Postgres
import Synchronization
import TestSupport
import Testing

/// What a consumer does at once, and not only because it looks again every second: here it does so every hour.
@Suite struct PatientConsumerTests {
    private static func consumer(
        _ pool: PostgresPool, handler: @escaping LogConsumer.Handler = LogFixture.effect
    ) -> LogConsumer {
        var configuration = LogConsumerConfiguration()
        configuration.lookInterval = .seconds(3600)
        configuration.lease = .seconds(3600)
        return LogConsumer(
            name: "tests", log: "origin", ownSchema: "follower", pool: pool, configuration: configuration,
            handler: handler)
    }

    /// A pool for what stands in the consumer's way, so that it keeps none of the consumer's connections.
    private static func withOtherPool(_ pool: PostgresPool, _ body: (PostgresPool) async throws -> Void) async throws {
        let other = PostgresPool(pool.configuration, logger: pool.logger)
        do {
            try await body(other)
            await other.close()
        } catch {
            await other.close()
            throw error
        }
    }

    @Test("a wake-up brings an entry to the consumer without waiting for the next look")
    func wakeUp() async throws {
        try await LogFixture.withPool { pool in
            let consumer = Self.consumer(pool)
            let notifier = LogNotifier(pool: pool, log: "origin")
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                group.addTask { try await notifier.run() }
                try await LogFixture.running([consumer]) {
                    for number in 0..<5 {
                        let position = try await LogFixture.append([1, 2, 3], keyed: "\(number)-", to: pool)
                        notifier.signal()
                        try await consumer.waitUntilApplied(position, deadline: .now + .seconds(20))
                    }
                }
            }
        }
    }

    @Test("a look that began before the consumer got its partitions does not make it forget them")
    func earlierLook() async throws {
        try await LogFixture.withPool { pool in
            let position = try await LogFixture.append([1, 2, 3], to: pool)
            let consumer = Self.consumer(pool)
            func waiters(_ table: SQL) async throws -> Int64 {
                try await pool.query(
                    """
                    SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = \(table)::regclass
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    """)[0].decode(0)
            }
            try await Self.withOtherPool(pool) { other in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    defer { group.cancelAll() }
                    try await other.transaction { heads in
                        try await heads.execute("LOCK TABLE origin.log_head IN ACCESS EXCLUSIVE MODE")
                        try await other.transaction { members in
                            try await members.execute("LOCK TABLE follower.log_member IN ACCESS EXCLUSIVE MODE")
                            group.addTask { try await consumer.run() }
                            // The look has read that nothing is its own, and waits for the heads of the log.
                            try await eventually("a look begins") { try await waiters("'origin.log_head'") == 1 }
                            try await eventually("so does a renewal") {
                                try await waiters("'follower.log_member'") == 1
                            }
                        }
                        // Now the renewal goes through, and its last question is answered.
                        try await eventually("the partitions are its own") {
                            try await pool.query(
                                """
                                SELECT FROM pg_stat_activity WHERE state = 'idle' AND datname = current_database()
                                AND query LIKE '%array_agg(partition), array_agg(applied_offset), array_agg(fencing_token)%'
                                """
                            ).count == 1
                        }
                    }
                    try await consumer.waitUntilApplied(position, deadline: .now + .seconds(20))
                }
            }
        }
    }

    @Test("a renewal that failed is made again soon, however long a lease is")
    func failedRenewal() async throws {
        let log = LogCapture()
        try await LogFixture.withPool { pool in
            let position = try await LogFixture.append([1, 2, 3], to: pool)
            try await pool.execute("ALTER TABLE follower.log_member RENAME TO away")
            try await Self.withOtherPool(pool) { other in
                let capturing = PostgresPool(other.configuration, logger: log.logger)
                let consumer = Self.consumer(capturing)
                try await LogFixture.running([consumer]) {
                    try await eventually { log.count("warning A lease was not renewed") > 0 }
                    try await other.execute("ALTER TABLE follower.away RENAME TO log_member")
                    try await consumer.waitUntilApplied(position, deadline: .now + .seconds(20))
                }
                await capturing.close()
            }
        }
    }

    @Test("an entry that failed is tried again soon, and so is one whose partition failed before it")
    func failedEntry() async throws {
        try await LogFixture.withPool { pool in
            let failures = Mutex(["0": 2, "1": 3])
            let consumer = Self.consumer(pool) { batch, connection in
                let mayPass = failures.withLock { failures in
                    for entry in batch.entries {
                        guard let key = entry.dedupeKey, let count = failures[key], count > 0 else { continue }
                        failures[key] = count - 1
                        return false
                    }
                    return true
                }
                guard mayPass else { throw LogEntryRefused("not yet") }
                try await LogFixture.effect(batch, connection)
            }
            let position = try await LogFixture.append([1, 1, 2], to: pool)
            try await LogFixture.running([consumer]) {
                try await consumer.waitUntilApplied(position, deadline: .now + .seconds(20))
            }
            #expect(try await consumer.deadLetters().isEmpty)
            #expect(try await LogCheck(pool: pool).faults(acknowledged: []) == [])
        }
    }
}
