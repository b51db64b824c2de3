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
/// folded anew from its first entry, up to where the consumer was in the same snapshot.
struct Verification: Sendable {
    let pool: PostgresPool
    let consumer: String
    let days: BusinessDay

    struct Outcome: Sendable {
        var cells: Int64 = 0
        var entries: Int64 = 0
        var differences: [CellDifference] = []
        /// nil where every entry was counted. What cannot be read stands here whichever campaign was asked for.
        var setAside: SetAsideEntries?
    }

    /// - Parameter campaignID: 0 for every campaign.
    func run(campaignID: Int64, deadline: ContinuousClock.Instant, partitions: Range<Int16>) async throws -> Outcome {
        var outcome = Outcome()
        for partition in partitions {
            let one = try await pool.transaction(
                TransactionOptions(isolation: .repeatableRead, isReadOnly: true, deadline: deadline)
            ) { connection in
                try await verify(partition, campaignID, in: connection)
            }
            outcome.cells += one.cells
            outcome.entries += one.entries
            outcome.differences += one.differences
            outcome.setAside?.count += one.setAside?.count ?? 0
            outcome.setAside = outcome.setAside ?? one.setAside
        }
        return outcome
    }

    private func verify(
        _ partition: Int16, _ campaignID: Int64, in connection: PostgresConnection
    ) async throws -> Outcome {
        var outcome = Outcome()
        let stored = try await CellStorage.stored(partition: partition, campaignID: campaignID, in: connection)
        let applied = try await CampaignLogReader.appliedOffset(
            consumer: consumer, partition: partition, in: connection)
        let letters = try await DeadLetterCounting.offsets(
            consumer: consumer, partition: partition, in: connection)
        var setAside: Set<Int64> = []
        var facts: [FactOwner: CustomerFacts] = [:]
        var position: Int64 = 0
        while position < applied {
            let page = try await CampaignLogReader.page(
                partition: partition, after: position, upTo: applied, in: connection)
            guard let last = page.last else { break }
            for raw in page {
                let entry: CampaignEntry?
                do { entry = try CampaignEntry(partition: partition, raw) } catch {
                    setAside.insert(raw.offset)
                    continue
                }
                guard let entry, campaignID == 0 || entry.owned.owner.campaignID == campaignID else { continue }
                if letters.contains(raw.offset) { setAside.insert(raw.offset) }
                facts[entry.owned.owner, default: CustomerFacts()].add(entry.owned.fact)
            }
            outcome.entries += Int64(page.count)
            position = last.offset
        }
        outcome.setAside = SetAsideEntries(partition: partition, offsets: setAside)
        var total = Contribution()
        for (owner, one) in facts { total.merge(Contribution(campaignID: owner.campaignID, facts: one, days: days)) }
        outcome.cells = Int64(Set(stored.keys).union(total.amounts.keys).count)
        for key in Set(stored.keys).union(total.amounts.keys) where stored[key] ?? 0 != total.amounts[key] ?? 0 {
            outcome.differences.append(
                CellDifference(key: key, stored: stored[key] ?? 0, recomputed: total.amounts[key] ?? 0))
        }
        return outcome
    }
}
