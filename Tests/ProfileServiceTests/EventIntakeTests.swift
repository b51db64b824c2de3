internal import Foundation
internal import Logging
internal import Postgres
internal import ProfileDomain
internal import RPC
internal import ServiceKit
internal import TestSupport
internal import Testing

@testable internal import ProfileService

@Suite("Batches of events that are stored together")
struct EventIntakeTests {
    /// Two customers whose entries go to different partitions.
    private static let first = CustomerKey(customerID: 1)
    private static let second = (2...).lazy.map { CustomerKey(customerID: Int64($0)) }.first {
        $0.partition != first.partition
    }!

    private static func intake(_ bed: ProfileBed) -> EventIntake {
        let pool = PostgresPool(bed.database.connecting(as: "zhike_profile"), logger: Logger(label: "test"))
        return EventIntake(
            pool: pool, clock: FixedBusinessClock(ProfileBed.now, timeZone: .gmt), writer: .init(schema: "profile")
        ) {}
    }

    private static func event(_ id: String, of key: CustomerKey, properties: String = "{}") throws -> LocatedEvent {
        var event = try BehaviourEvent(
            id: id, type: "app.login", occurredAt: ProfileBed.now, propertiesJSON: "", receivedAt: ProfileBed.now)
        // Past the check, as a fault in it would let them.
        event.propertiesJSON = properties
        return LocatedEvent(key: key, event: event)
    }

    private static func send(
        _ event: LocatedEvent, _ intake: EventIntake, by deadline: ContinuousClock.Instant = .now + .seconds(60)
    ) -> Task<[EventOutcome], any Error> {
        Task { try await intake.store([event], refused: [], deadline: deadline) }
    }

    /// Keeps all writers to a customer's partition waiting while `body` runs.
    private static func holding<R>(
        _ key: CustomerKey, _ bed: ProfileBed, _ body: () async throws -> R
    ) async throws -> R {
        try await bed.administrator.transaction { holder in
            _ = try await holder.query(
                "SELECT last_offset FROM profile.log_head WHERE partition = \(key.partition) FOR UPDATE")
            return try await body()
        }
    }

    /// Sends an event that has to wait in the database, so that what is sent after it is stored together.
    private static func block(
        _ intake: EventIntake, _ bed: ProfileBed
    ) async throws -> Task<[EventOutcome], any Error> {
        let blocker = send(try event("blocker", of: first), intake)
        try await eventually("the first batch waits in the database") {
            try await bed.count(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                """) > 0
        }
        return blocker
    }

    private static func stored(_ bed: ProfileBed) async throws -> Set<String> {
        Set(
            try await bed.administrator.query("SELECT dedupe_key FROM profile.log WHERE dedupe_key IS NOT NULL").map {
                try $0.decode(0, as: String.self)
            })
    }

    private static func code(_ error: any Error) -> RPCError.Code? {
        (error as? any RPCErrorConvertible)?.rpcError.code
    }

    @Test("a value that the database refuses fails its own batch and no other, and the answer names no value")
    func refusedValue() async throws {
        let bed = try await ProfileBed.make()
        let intake = Self.intake(bed)
        let (before, bad, after) = try await Self.holding(Self.first, bed) {
            _ = try await Self.block(intake, bed)
            let before = Self.send(try Self.event("before", of: Self.second), intake)
            let bad = Self.send(try Self.event("bad", of: Self.second, properties: #"{"a":1e-20000}"#), intake)
            let after = Self.send(try Self.event("after", of: Self.second), intake)
            try await eventually("all three wait") { await intake.waitingEvents == 3 }
            return (before, bad, after)
        }
        #expect(try await before.value.count == 1)
        #expect(try await after.value.count == 1)
        await #expect {
            try await bad.value
        } throws: { error in
            let answer = (error as? any RPCErrorConvertible)?.rpcError
            return answer?.code == .invalidArgument && answer?.field == "events"
                && answer?.message.contains("e-") == false
        }
        #expect(try await Self.stored(bed) == ["blocker", "before", "after"])
        await #expect {
            try await Self.send(try Self.event("bad", of: Self.first, properties: #"{"a":1e-20000}"#), intake).value
        } throws: { Self.code($0) == .invalidArgument }
    }

    @Test(
        "a batch whose deadline passes while a group is being stored is not stored, and the others are",
        arguments: [Duration.milliseconds(250), .milliseconds(1_500)], [false, true])
    func deadlines(patience: Duration, isShortFirst: Bool) async throws {
        let bed = try await ProfileBed.make()
        let intake = Self.intake(bed)
        let (short, long) = try await Self.holding(Self.second, bed) {
            let (end, short, long) = try await Self.holding(Self.first, bed) {
                _ = try await Self.block(intake, bed)
                let end = ContinuousClock.now + patience
                let early = Self.send(
                    try Self.event(isShortFirst ? "short" : "long", of: Self.second), intake,
                    by: isShortFirst ? end : .now + .seconds(60))
                try await eventually("the first waits") { await intake.waitingEvents == 1 }
                let late = Self.send(
                    try Self.event(isShortFirst ? "long" : "short", of: Self.second), intake,
                    by: isShortFirst ? .now + .seconds(60) : end)
                try await eventually("both wait") { await intake.waitingEvents == 2 }
                return (end, isShortFirst ? early : late, isShortFirst ? late : early)
            }
            try await eventually("the short deadline passed") { ContinuousClock.now > end + .milliseconds(50) }
            return (short, long)
        }
        #expect(try await long.value.count == 1)
        await #expect {
            try await short.value
        } throws: { Self.code($0) == .deadlineExceeded }
        #expect(try await Self.stored(bed) == ["blocker", "long"])
    }
}
