internal import EventLog
internal import Foundation
internal import Postgres
internal import ProfileDomain
internal import ServiceKit

/// What became of one event of a batch.
enum EventOutcome: Sendable {
    case stored(customerID: Int64, partition: Int16, offset: Int64)
    case duplicate(customerID: Int64)
}

/// Stores events in groups: batches that arrive while one is being stored go together into the next transaction.
///
/// One transaction at a time is enough: batches touch nearly all heads of the log, so two at once would wait for each other
/// in the database instead of here, where they can still be joined.
actor EventIntake {
    private struct Waiting {
        var events: [LocatedEvent]
        var refused: [RefusedItem]
        var deadline: ContinuousClock.Instant
        var reply: CheckedContinuation<[EventOutcome], any Error>
    }

    /// Events in one transaction: enough to share the price of a commit, few enough to hold the heads only shortly.
    private static let groupLimit = 4_000
    private static let waitingLimit = 40_000
    /// Groups looked through for duplicates, that with the first included.
    private static let lookAfterDuplicate = 16

    private let pool: PostgresPool
    private let clock: any BusinessClock
    private let writer: EventLogWriter
    private let stored: @Sendable () -> Void
    private var waiting: [Waiting] = []
    private var waitingEvents = 0
    private var isStoring = false
    private var groupsToLookThrough = 0

    /// - Parameter stored: Called after each commit, to wake the readers of the log.
    init(
        pool: PostgresPool, clock: any BusinessClock, writer: EventLogWriter, stored: @escaping @Sendable () -> Void
    ) {
        self.pool = pool
        self.clock = clock
        self.writer = writer
        self.stored = stored
    }

    /// Returns when the events are durable, in their order. Refused items are kept in the same transaction.
    func store(
        _ events: [LocatedEvent], refused: [RefusedItem], deadline: ContinuousClock.Instant
    ) async throws -> [EventOutcome] {
        guard !events.isEmpty || !refused.isEmpty else { return [] }
        guard waitingEvents + events.count <= Self.waitingLimit else { throw ProfileFailure.tooManyWaiting }
        return try await withCheckedThrowingContinuation { reply in
            waiting.append(Waiting(events: events, refused: refused, deadline: deadline, reply: reply))
            waitingEvents += events.count
            if !isStoring {
                isStoring = true
                Task { await storeGroups() }
            }
        }
    }

    private func storeGroups() async {
        while let group = nextGroup() {
            do {
                let outcomes = try await write(group)
                var start = 0
                for one in group {
                    one.reply.resume(returning: Array(outcomes[start..<start + one.events.count]))
                    start += one.events.count
                }
                stored()
            } catch {
                for one in group { one.reply.resume(throwing: error) }
            }
        }
        isStoring = false
    }

    /// The next batches that still have somebody waiting for them.
    private func nextGroup() -> [Waiting]? {
        var group: [Waiting] = []
        var count = 0
        var taken = 0
        let now = ContinuousClock.now
        for one in waiting {
            guard group.isEmpty || count + one.events.count <= Self.groupLimit else { break }
            taken += 1
            waitingEvents -= one.events.count
            guard one.deadline > now else {
                one.reply.resume(throwing: ExpiredInQueue())
                continue
            }
            group.append(one)
            count += one.events.count
        }
        waiting.removeFirst(taken)
        return group.isEmpty ? (waiting.isEmpty ? nil : nextGroup()) : group
    }

    /// Nearly all events are new, so they are added without looking; the log's index tells of one that is not, and then
    /// the group is looked through. After that so is what follows for a while, because a sender that repeats itself
    /// repeats more than one batch.
    private func write(_ group: [Waiting]) async throws -> [EventOutcome] {
        let sending = EventGroup(group.flatMap(\.events))
        let now = try await clock.now()
        if groupsToLookThrough == 0 {
            do {
                return try await write(group, sending, lookingThrough: false, at: now)
            } catch let error as PostgresError where error.isUniqueViolation {
                groupsToLookThrough = Self.lookAfterDuplicate
            }
        }
        groupsToLookThrough -= 1
        return try await write(group, sending, lookingThrough: true, at: now)
    }

    private func write(
        _ group: [Waiting], _ sending: EventGroup, lookingThrough: Bool, at now: Date
    ) async throws -> [EventOutcome] {
        let refused = group.flatMap(\.refused)
        let options = TransactionOptions(deadline: group.map(\.deadline).max())
        let writer = writer
        return try await pool.transaction(options) { connection in
            try await RefusedItemStorage.insert(refused, at: now, in: connection)
            let events = sending.events
            guard !events.isEmpty else { return [] }
            let duplicates =
                lookingThrough
                ? try await EventStorage.holdHeads(
                    of: Set(events.map(\.key.partition)), writer, findingDuplicatesAmong: events, in: connection) : []
            let logEntries = LogEntries(at: now)
            let new = events.indices.filter { !duplicates.contains($0) }
            let offsets = try await writer.append(new.map { logEntries.event(events[$0]) }, in: connection)
            return sending.outcomes(new: new, offsets: offsets)
        }
    }
}
