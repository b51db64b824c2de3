internal import EventLog
internal import KPIDomain
internal import Postgres

/// A count of activity that is not what the logs say.
struct ActivityDifference: Sendable {
    var key: ActivityKey
    var stored: Int64
    var recomputed: Int64
}

/// Recomputes the counts of activity from nothing but the logs and compares.
///
/// Counts, cursors and dead letters are read in one snapshot, the entries up to those cursors afterwards.
struct ActivityVerification: Sendable {
    let pool: PostgresPool
    let consumer: String
    let days: BusinessDay

    struct Outcome: Sendable {
        var cells: Int64 = 0
        var entries: Int64 = 0
        var differences: [ActivityDifference] = []
        /// For each log in which there are such.
        var setAside: [(log: String, entries: SetAsideEntries)] = []
    }

    /// What was counted at one moment.
    private struct Stand: Sendable {
        var stored: [ActivityKey: Int64]
        /// By log and partition.
        var applied: [String: LogPosition]
        var letters: [String: [Int16: Set<Int64>]]
    }

    func run(deadline: ContinuousClock.Instant) async throws -> Outcome {
        let stand = try await stand(deadline)
        var outcome = Outcome()
        var total: [ActivityKey: Int64] = [:]
        for source in ActivitySource.all {
            var setAside: SetAsideEntries?
            for partition in LogPartition.all {
                let upTo = stand.applied[source.log]?[partition] ?? 0
                let letters = stand.letters[source.log]?[partition] ?? []
                let (amounts, failed) = try await recount(source, partition, upTo, letters, deadline)
                total.merge(amounts, uniquingKeysWith: +)
                outcome.entries += upTo
                guard let failed else { continue }
                setAside?.count += failed.count
                setAside = setAside ?? failed
            }
            if let setAside { outcome.setAside.append((source.log, setAside)) }
        }
        let keys = Set(stand.stored.keys).union(total.keys)
        outcome.cells = Int64(keys.count)
        outcome.differences = keys.sorted().filter { stand.stored[$0] ?? 0 != total[$0] ?? 0 }.map {
            ActivityDifference(key: $0, stored: stand.stored[$0] ?? 0, recomputed: total[$0] ?? 0)
        }
        return outcome
    }

    private func stand(_ deadline: ContinuousClock.Instant) async throws -> Stand {
        let options = TransactionOptions(isolation: .repeatableRead, isReadOnly: true, deadline: deadline)
        return try await pool.transaction(options) { connection in
            try await RebuildStorage.holdOff(in: connection)
            var stand = Stand(
                stored: try await ActivityStorage.stored(in: connection), applied: [:], letters: [:])
            for source in ActivitySource.all {
                stand.applied[source.log] = try await AppliedStorage.offsets(
                    consumer: consumer, log: source.log, in: connection)
                stand.letters[source.log] = try await AppliedStorage.letters(
                    consumer: consumer, log: source.log, in: connection)
            }
            return stand
        }
    }

    /// What the entries of a partition up to an offset add up to, and those that could not be counted.
    private func recount(
        _ source: ActivitySource, _ partition: Int16, _ upTo: Int64, _ letters: Set<Int64>,
        _ deadline: ContinuousClock.Instant
    ) async throws -> ([ActivityKey: Int64], SetAsideEntries?) {
        var tally = ActivityTally(days: days)
        var setAside: Set<Int64> = []
        let pages = LogPages(log: source.log, pool: pool)
        try await pages.forEach(of: partition, upTo: upTo, deadline: deadline) { entry in
            // One that was given up stands in no count: it is missed there as long as it can be read.
            if letters.contains(entry.offset) { setAside.insert(entry.offset) }
            guard let activities = try? source.read(entry.kind, entry.subject, entry.body) else {
                setAside.insert(entry.offset)
                return
            }
            for activity in activities { tally.add(activity, of: entry.customerID, at: entry.occurredAt) }
        }
        return (tally.amounts, SetAsideEntries(partition: partition, offsets: setAside))
    }
}
