internal import KPIDomain
internal import Postgres

/// A cell whose stored amount is not what the log says.
struct CellDifference: Sendable {
    var key: CellKey
    var stored: Int128
    var recomputed: Int128
}

/// Entries of a log that no total contains, because they cannot be read or because the follower gave them up.
struct SetAsideEntries: Sendable {
    var count: Int64
    /// The first of them.
    var partition: Int16
    var offset: Int64

    /// nil where there is none.
    init?(partition: Int16, offsets: Set<Int64>) {
        guard let first = offsets.min() else { return nil }
        self.partition = partition
        (count, offset) = (Int64(offsets.count), first)
    }
}

/// Recomputes cells from nothing but the log and compares.
///
/// It shares the rule of what a customer counts for with the running totals, but neither facts nor sums: each partition is
/// folded anew from its first entry, up to where the consumer was in the snapshot of its cells.
struct Verification: Sendable {
    let pool: PostgresPool
    let consumer: String
    let days: BusinessDay

    struct Outcome: Sendable {
        var cells: Int64 = 0
        var entries: Int64 = 0
        var differences: [CellDifference] = []
        /// Whether an entry or a cell names the campaign that was asked for.
        var isCampaignKnown = false
        /// nil where every entry was counted. What cannot be read stands here whichever campaign was asked for.
        var setAside: SetAsideEntries?
    }

    /// - Parameter campaignID: 0 for every campaign.
    func run(campaignID: Int64, deadline: ContinuousClock.Instant, partitions: Range<Int16>) async throws -> Outcome {
        var outcome = Outcome()
        for partition in partitions {
            let one = try await verify(partition, campaignID, deadline)
            outcome.cells += one.cells
            outcome.entries += one.entries
            outcome.differences += one.differences
            outcome.isCampaignKnown = outcome.isCampaignKnown || one.isCampaignKnown
            outcome.setAside?.count += one.setAside?.count ?? 0
            outcome.setAside = outcome.setAside ?? one.setAside
        }
        return outcome
    }

    private func verify(
        _ partition: Int16, _ campaignID: Int64, _ deadline: ContinuousClock.Instant
    ) async throws -> Outcome {
        let options = TransactionOptions(isolation: .repeatableRead, isReadOnly: true, deadline: deadline)
        let (stored, applied, letters) = try await pool.transaction(options) { connection in
            try await RebuildStorage.holdOff(in: connection)
            return (
                try await CellStorage.stored(partition: partition, campaignID: campaignID, in: connection),
                try await AppliedStorage.offsets(
                    consumer: consumer, log: "campaign", of: partition, in: connection)[partition],
                try await AppliedStorage.letters(
                    consumer: consumer, log: "campaign", of: partition, in: connection)[partition] ?? []
            )
        }
        let (total, setAside, isNamed) = try await recount(partition, campaignID, applied, letters, deadline)
        let keys = Set(stored.keys).union(total.amounts.keys)
        var outcome = Outcome(
            cells: Int64(keys.count), entries: applied, isCampaignKnown: isNamed || !stored.isEmpty)
        outcome.setAside = SetAsideEntries(partition: partition, offsets: setAside)
        outcome.differences = keys.filter { stored[$0] ?? 0 != total.amounts[$0] ?? 0 }.map {
            CellDifference(key: $0, stored: stored[$0] ?? 0, recomputed: total.amounts[$0] ?? 0)
        }
        return outcome
    }

    /// What the entries of a partition up to an offset add up to, those that could not be counted, and whether any is of the
    /// campaign.
    private func recount(
        _ partition: Int16, _ campaignID: Int64, _ upTo: Int64, _ letters: Set<Int64>,
        _ deadline: ContinuousClock.Instant
    ) async throws -> (Contribution, setAside: Set<Int64>, isNamed: Bool) {
        var setAside: Set<Int64> = []
        var facts: [FactOwner: CustomerFacts] = [:]
        try await LogPages(log: "campaign", pool: pool).forEach(of: partition, upTo: upTo, deadline: deadline) { raw in
            let entry: CampaignEntry?
            do { entry = try CampaignEntry(raw) } catch {
                setAside.insert(raw.offset)
                return
            }
            guard let entry, campaignID == 0 || entry.owned.owner.campaignID == campaignID else { return }
            if letters.contains(raw.offset) { setAside.insert(raw.offset) }
            facts[entry.owned.owner, default: CustomerFacts()].add(entry.owned.fact)
        }
        var total = Contribution()
        for (owner, one) in facts { total.merge(Contribution(campaignID: owner.campaignID, facts: one, days: days)) }
        return (total, setAside, !facts.isEmpty)
    }
}
