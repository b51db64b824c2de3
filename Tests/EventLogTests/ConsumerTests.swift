import EventLog
import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite struct ConsumerTests {
    @Test("a consumer applies what was there and what comes, once and in order")
    func follow() async throws {
        try await LogFixture.withPool { pool in
            try await LogFixture.append((0..<3000).map { Int64($0 % 50) }, keyed: "early", to: pool)
            let consumer = LogFixture.consumer(pool)
            try await LogFixture.running([consumer]) {
                for number in 0..<20 {
                    let position = try await LogFixture.append(
                        (0..<20).map { Int64($0 * number) }, keyed: "late\(number)-", to: pool)
                    try await consumer.waitUntilApplied(position, deadline: .now + .seconds(20))
                }
                try await eventually { try await consumer.lag() == 0 }
            }
            #expect(try await LogCheck(pool: pool).faults(acknowledged: []) == [])
            #expect(try await pool.query("SELECT FROM follower.effect").count == 3400)
        }
    }

    @Test("what a consumer asks is answered in the transaction of each batch, which does not wait for the disk")
    func questions() async throws {
        try await LogFixture.withPool(sessionSettings: ["synchronous_commit": "on"]) { pool in
            let answers = Mutex<[String]>([])
            let consumer = LogConsumer(
                name: "tests", log: "origin", ownSchema: "follower", pool: pool,
                asking: [
                    "SELECT current_setting('synchronous_commit')", "SELECT pg_current_xact_id_if_assigned()::text",
                ]
            ) { batch, connection in
                let transaction: String = try await connection.query("SELECT pg_current_xact_id()::text")[0].decode(0)
                let asked: [String] = try batch.answers.map { try $0[0].decode(0) }
                answers.withLock { $0 = asked + [transaction] }
                try await LogFixture.effect(batch, connection)
            }
            let position = try await LogFixture.append([1, 2], to: pool)
            try await LogFixture.running([consumer]) {
                try await consumer.waitUntilApplied(position, deadline: .now + .seconds(20))
            }
            let seen = answers.withLock { $0 }
            #expect(seen.count == 3 && seen[0] == "off")
            // The cursors had moved when it was asked, in the same transaction.
            #expect(seen.count == 3 && seen[1] == seen[2])
        }
    }

    @Test("a grant that is missing for a moment makes no dead letters: no entry is to blame")
    func missingGrant() async throws {
        try await LogFixture.withPool { pool in
            // A sequence goes on where a transaction is rolled back: the first batch may not be read.
            try await pool.execute("CREATE SEQUENCE follower.asked")
            try await pool.execute(
                """
                CREATE FUNCTION follower.ask() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN
                    IF nextval('follower.asked') = 1 THEN RAISE insufficient_privilege; END IF;
                    RETURN 1;
                END $$
                """)
            var configuration = LogConsumerConfiguration()
            configuration.maximumAttempts = 1
            configuration.lookInterval = .milliseconds(100)
            let consumer = LogConsumer(
                name: "tests", log: "origin", ownSchema: "follower", pool: pool, configuration: configuration,
                asking: ["SELECT follower.ask()"], handler: LogFixture.effect)
            let position = try await LogFixture.append([1], to: pool)
            try await LogFixture.running([consumer]) {
                try await consumer.waitUntilApplied(position, deadline: .now + .seconds(20))
            }
            #expect(try await consumer.deadLetters().isEmpty)
            #expect(try await LogCheck(pool: pool).faults(acknowledged: []) == [])
            #expect(try await pool.query("SELECT FROM follower.effect").count == 1)
        }
    }

    @Test("what a crash of the server took back from a consumer at rest is applied again")
    func takenBack() async throws {
        try await LogFixture.withPool { pool in
            let position = try await LogFixture.append([1, 2, 3], to: pool)
            let consumer = LogFixture.consumer(pool)
            try await LogFixture.running([consumer]) {
                try await consumer.waitUntilApplied(position, deadline: .now + .seconds(20))
                // As after a crash: cursors and effects are gone together, and no statement of the consumer failed.
                try await pool.transaction { connection in
                    try await connection.execute("DELETE FROM follower.effect")
                    try await connection.execute("UPDATE follower.log_cursor SET applied_offset = 0")
                }
                try await eventually { try await pool.query("SELECT FROM follower.effect").count == 3 }
                try await consumer.waitUntilApplied(position, deadline: .now + .seconds(20))
            }
        }
    }

    @Test("a consumer rests after a batch that was not full, and only then")
    func rest() async throws {
        try await LogFixture.withPool { pool in
            var configuration = LogConsumerConfiguration()
            configuration.batchSize = 2
            configuration.rest = .seconds(3600)
            let consumer = LogConsumer(
                name: "tests", log: "origin", ownSchema: "follower", pool: pool, configuration: configuration,
                handler: LogFixture.effect)
            let position = try await LogFixture.append([1, 1, 1, 1, 1], keyed: "a", to: pool)
            try await LogFixture.running([consumer]) {
                try await consumer.waitUntilApplied(position, deadline: .now + .seconds(20))
                let next = try await LogFixture.append([1], keyed: "b", to: pool)
                await #expect {
                    try await consumer.waitUntilApplied(next, deadline: .now + .milliseconds(100))
                } throws: {
                    ($0 as? EventLogError)?.code == .notAppliedInTime
                }
            }
        }
    }

    @Test("a reader whose change is not applied in time is told so")
    func notApplied() async throws {
        try await LogFixture.withPool { pool in
            let position = try await LogFixture.append([1], to: pool)
            let consumer = LogFixture.consumer(pool)
            await #expect {
                try await consumer.waitUntilApplied(position, deadline: .now + .milliseconds(60))
            } throws: {
                ($0 as? EventLogError)?.code == .notAppliedInTime
            }
        }
    }

    @Test("members of one name share the partitions and take over from one that ends")
    func sharing() async throws {
        try await LogFixture.withPool { pool in
            let first = LogFixture.consumer(pool)
            let owners: @Sendable () async throws -> [Int64] = {
                try await pool.query(
                    """
                    SELECT count(*) FROM follower.log_cursor WHERE lease_owner IN (SELECT member FROM follower.log_member)
                    GROUP BY lease_owner
                    """
                ).map { try $0.decode(0) }
            }
            try await LogFixture.running([first]) {
                try await eventually { try await owners() == [256] }
                try await LogFixture.running([LogFixture.consumer(pool)]) {
                    try await eventually { try await owners() == [128, 128] }
                    try await LogFixture.append((0..<1000).map { Int64($0) }, keyed: "a", to: pool)
                    try await eventually { try await first.lag() == 0 }
                }
                try await LogFixture.append((0..<1000).map { Int64($0) }, keyed: "b", to: pool)
                try await eventually { try await first.lag() == 0 }
                try await eventually { try await owners() == [256] }
            }
            #expect(try await LogCheck(pool: pool).faults(acknowledged: []) == [])
        }
    }

    @Test("one bad entry in ten thousand becomes a dead letter with its reason; the rest is applied in order")
    func poison() async throws {
        try await LogFixture.withPool { pool in
            for part in 0..<10 {
                try await LogFixture.append(
                    (0..<1000).map { Int64($0 % 300) }, keyed: "\(part)-", to: pool)
            }
            let isCured = Atomic(false)
            let consumer = LogFixture.consumer(pool) { batch, connection in
                if !isCured.load(ordering: .relaxed), batch.entries.contains(where: { $0.dedupeKey == "4-567" }) {
                    throw LogEntryRefused("a trait that nobody knows")
                }
                try await LogFixture.effect(batch, connection)
            }
            try await LogFixture.running([consumer]) {
                try await eventually { try await consumer.lag() == 0 }
                let letters = try await consumer.deadLetters()
                #expect(letters.map(\.reason) == ["a trait that nobody knows"])
                #expect(letters.map(\.customerID) == [267])
                #expect(letters.map(\.attempts) == [5])
                #expect(try await pool.query("SELECT FROM follower.effect").count == 9999)
                await #expect(throws: LogEntryRefused.self) { try await consumer.redrive(letters[0]) }
                #expect(try await consumer.deadLetters().count == 1)
                isCured.store(true, ordering: .relaxed)
                try await consumer.redrive(letters[0])
                #expect(try await consumer.deadLetters().isEmpty)
                try await consumer.redrive(letters[0])
                #expect(try await pool.query("SELECT FROM follower.effect").count == 10_000)
            }
        }
    }

    @Test("a batch that takes too long is applied in parts, and nobody is put aside for it")
    func tooLong() async throws {
        try await LogFixture.withPool { pool in
            try await LogFixture.append((0..<150).map { Int64($0) }, to: pool)
            let consumer = LogFixture.consumer(pool) { batch, connection in
                if batch.entries.count > 100 {
                    _ = try await connection.query("SELECT pg_sleep(60)", deadline: .now + .milliseconds(20))
                }
                try await LogFixture.effect(batch, connection)
            }
            try await LogFixture.running([consumer]) {
                try await eventually { try await consumer.lag() == 0 }
                #expect(try await consumer.deadLetters().isEmpty)
            }
            #expect(try await LogCheck(pool: pool).faults(acknowledged: []) == [])
        }
    }

    @Test("an entry that takes too long each time holds up its own partition and no other, and is never put aside")
    func alwaysTooLong() async throws {
        try await LogFixture.withPool { pool in
            try await LogFixture.append((0..<300).map { Int64($0) }, to: pool)
            let slow = LogFixture.entry(customer: 3, key: "3").partition
            let waitsLong = Atomic(true)
            let attempts = Atomic(0)
            let consumer = LogFixture.consumer(pool) { batch, connection in
                if waitsLong.load(ordering: .relaxed), batch.entries.contains(where: { $0.dedupeKey == "3" }) {
                    if batch.entries.count == 1 { attempts.add(1, ordering: .relaxed) }
                    _ = try await connection.query("SELECT pg_sleep(60)", deadline: .now + .milliseconds(20))
                }
                try await LogFixture.effect(batch, connection)
            }
            let others = try await pool.query("SELECT FROM origin.log WHERE partition <> \(slow)").count
            try await LogFixture.running([consumer]) {
                try await eventually("the other partitions go on") {
                    try await pool.query("SELECT FROM follower.effect WHERE partition <> \(slow)").count == others
                }
                // More often than an entry may fail that is refused.
                try await eventually("it is offered again") { attempts.load(ordering: .relaxed) > 6 }
                #expect(try await consumer.deadLetters().isEmpty)
                waitsLong.store(false, ordering: .relaxed)
                try await eventually { try await consumer.lag() == 0 }
                #expect(try await consumer.deadLetters().isEmpty)
            }
            #expect(try await LogCheck(pool: pool).faults(acknowledged: []) == [])
        }
    }

    @Test("a table that a handler misses for a while makes no dead letters: the suite is being upgraded")
    func missingTable() async throws {
        try await LogFixture.withPool { pool in
            // One alone: it so is offered often enough to be put aside, were it to blame.
            try await LogFixture.append([7], to: pool)
            let attempts = Mutex(0)
            var configuration = LogConsumerConfiguration()
            configuration.retryPause = .milliseconds(1)
            let consumer = LogConsumer(
                name: "tests", log: "origin", ownSchema: "follower", pool: pool, configuration: configuration
            ) { batch, connection in
                attempts.withLock { $0 += 1 }
                try await connection.execute("INSERT INTO follower.later SELECT \(batch.entries.count)")
                try await LogFixture.effect(batch, connection)
            }
            try await LogFixture.running([consumer]) {
                try await eventually { attempts.withLock { $0 } > configuration.maximumAttempts }
                try await pool.execute("CREATE TABLE follower.later (count bigint)")
                try await eventually { try await consumer.lag() == 0 }
                #expect(try await consumer.deadLetters().isEmpty)
            }
            #expect(try await LogCheck(pool: pool).faults(acknowledged: []) == [])
        }
    }

    @Test("an entry that is missing holds up its own partition and no other, until it is back")
    func missingEntry() async throws {
        try await LogFixture.withPool { pool in
            try await LogFixture.append((0..<200).map { Int64($0 % 40) }, to: pool)
            let lost = "SELECT min(partition) FROM origin.log WHERE log_offset = 3" as SQL
            try await pool.execute("CREATE TABLE follower.lost AS SELECT * FROM origin.log WHERE partition = (\(lost))")
            try await pool.execute("DELETE FROM origin.log WHERE log_offset = 3 AND partition = (\(lost))")
            let held = try await pool.query("SELECT count(*) - 2 FROM follower.lost")[0].decode(0, as: Int64.self)
            var configuration = LogConsumerConfiguration()
            configuration.retryPause = .milliseconds(1)
            configuration.maximumAttempts = 2
            let consumer = LogConsumer(
                name: "tests", log: "origin", ownSchema: "follower", pool: pool, configuration: configuration,
                handler: LogFixture.effect)
            try await LogFixture.running([consumer]) {
                try await eventually { try await consumer.lag() == held }
                #expect(try await consumer.deadLetters().isEmpty)
                try await pool.execute("INSERT INTO origin.log SELECT * FROM follower.lost WHERE log_offset = 3")
                try await eventually { try await consumer.lag() == 0 }
            }
            #expect(try await LogCheck(pool: pool).faults(acknowledged: []) == [])
        }
    }

    @Test("a handler's own error leaves no word of its text behind")
    func privateReasons() async throws {
        struct Personal: Error, CustomStringConvertible { let description = "13800canary" }
        try await LogFixture.withPool { pool in
            try await LogFixture.append([1], to: pool)
            let consumer = LogFixture.consumer(pool) { _, _ in throw Personal() }
            try await LogFixture.running([consumer]) {
                try await eventually { try await consumer.deadLetters().count == 1 }
            }
            let reason = try await consumer.deadLetters()[0].reason
            #expect(reason.contains("Personal") && !reason.contains("canary"))
        }
    }

    @Test("a handler that cannot work now is asked again, and no entry is given up for it")
    func retryLater() async throws {
        try await LogFixture.withPool { pool in
            try await LogFixture.append(Array(0..<100), to: pool)
            let refusals = Atomic(20)
            let consumer = LogFixture.consumer(pool) { batch, connection in
                if refusals.wrappingSubtract(1, ordering: .relaxed).newValue > 0 {
                    throw LogRetryLater(after: .milliseconds(1))
                }
                try await LogFixture.effect(batch, connection)
            }
            try await LogFixture.running([consumer]) {
                try await eventually { try await consumer.lag() == 0 }
            }
            #expect(try await LogCheck(pool: pool).faults(acknowledged: []) == [])
        }
    }

    @Test("an effect that fails half-way is undone together with the cursor")
    func halfDone() async throws {
        struct Stop: Error {}
        try await LogFixture.withPool { pool in
            try await LogFixture.append(Array(0..<200), to: pool)
            // By the place of the first entry: two failures each, fewer than it takes to give an entry up.
            let failures = Mutex<[[Int64]: Int]>([:])
            let consumer = LogFixture.consumer(pool) { batch, connection in
                try await LogFixture.effect(batch, connection)
                let place = [Int64(batch.entries[0].partition), batch.entries[0].offset]
                let count = failures.withLock { failures in
                    failures[place, default: 0] += 1
                    return failures[place, default: 0]
                }
                if count <= 2 { throw Stop() }
            }
            try await LogFixture.running([consumer]) {
                try await eventually { try await consumer.lag() == 0 }
            }
            #expect(try await LogCheck(pool: pool).faults(acknowledged: []) == [])
        }
    }
}
