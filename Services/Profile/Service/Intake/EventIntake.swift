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
    private typealias Queue = EventQueue<CheckedContinuation<[EventOutcome], any Error>>

    /// Events in one transaction: enough to share the price of a commit, few enough to hold the heads only shortly.
    private static let groupLimit = 4_000
    private static let waitingLimit = 40_000
    /// Groups looked through for duplicates, that with the first included.
    private static let lookAfterDuplicate = 16
    /// More than a group needs even on a busy disk.
    private static let nearDeadline = Duration.milliseconds(500)
    /// The server counts whole milliseconds of a timeout, from when it hears of it.
    private static let timeoutPrecision = Duration.milliseconds(5)

    private let pool: PostgresPool
    private let clock: any BusinessClock
    private let writer: EventLogWriter
    private let stored: @Sendable () -> Void
    private var waiting = Queue(groupLimit: groupLimit, nearDeadline: nearDeadline)
    private var isStoring = false
    private var groupsToLookThrough = 0

    var waitingEvents: Int { waiting.eventCount }

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
            waiting.append(Queue.Batch(events: events, refused: refused, deadline: deadline, ticket: reply))
            if !isStoring {
                isStoring = true
                Task { await storeGroups() }
            }
        }
    }

    private func storeGroups() async {
        while true {
            let now = ContinuousClock.now
            fail(waiting.takeExpired(at: now), ExpiredInQueue())
            let group = waiting.takeGroup(at: now)
            guard !group.isEmpty else { break }
            await store(group)
        }
        isStoring = false
    }

    /// Stores batches together. What is one sender's fault alone (a value that the database refuses, a deadline that
    /// passes) is answered to that sender, and the others are stored without it.
    private func store(_ group: [Queue.Batch]) async {
        do {
            let outcomes = try await write(group)
            var start = 0
            for one in group {
                one.ticket.resume(returning: Array(outcomes[start..<start + one.events.count]))
                start += one.events.count
            }
            stored()
        } catch let error as PostgresError where error.isValueRefused && group.count > 1 {
            for one in group { await store([one]) }
        } catch let error as PostgresError where error.isValueRefused {
            fail(group, ProfileFailure.unstorable)
        } catch let error as PostgresError where error.isTimeout {
            let end = ContinuousClock.now + Self.timeoutPrecision
            let expired = group.filter { $0.deadline <= end }
            guard !expired.isEmpty else { return fail(group, error) }
            fail(expired, ExpiredInQueue())
            let others = group.filter { $0.deadline > end }
            if !others.isEmpty { await store(others) }
        } catch {
            fail(group, error)
        }
    }

    private func fail(_ batches: [Queue.Batch], _ error: any Error) {
        for one in batches { one.ticket.resume(throwing: error) }
    }

    /// Nearly all events are new, so they are added without looking; the log's index tells of one that is not, and then
    /// the group is looked through. After that so is what follows for a while, because a sender that repeats itself
    /// repeats more than one batch.
    private func write(_ group: [Queue.Batch]) async throws -> [EventOutcome] {
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
        _ group: [Queue.Batch], _ sending: EventGroup, lookingThrough: Bool, at now: Date
    ) async throws -> [EventOutcome] {
        let refused = group.flatMap(\.refused)
        let options = TransactionOptions(deadline: group.map(\.deadline).min())
        let writer = writer
        return try await pool.transaction(options) { connection in
            try await sending.store(
                refused: refused, lookingThrough: lookingThrough, at: now, writer, in: connection)
        }
    }
}
