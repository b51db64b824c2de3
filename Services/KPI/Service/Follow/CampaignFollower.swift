internal import EventLog
internal import KPIDomain
internal import Postgres

/// Turns entries of campaign.log into facts and keeps the totals in step, in the transaction that moves the cursor.
struct CampaignFollower: Sendable {
    let days: BusinessDay

    /// The entries of one partition, read.
    private struct Slice {
        var partition: Int16
        var entries: [CampaignEntry]
        var byOwner: [FactOwner: [OwnedFact]]

        /// nil where no entry is one that counts.
        init?(partition: Int16, _ raw: ArraySlice<LogEntry>) throws {
            self.partition = partition
            entries = try raw.compactMap { try CampaignEntry($0) }
            guard !entries.isEmpty else { return nil }
            byOwner = Dictionary(grouping: entries.map(\.owned), by: \.owner)
        }
    }

    /// One round trip that reads, however many partitions there are; what is written travels with COMMIT.
    func apply(_ batch: LogBatch, in connection: PostgresConnection) async throws {
        let slices = try batch.slices.compactMap { try Slice(partition: $0.partition, $0.entries) }
        guard !slices.isEmpty else { return }
        let answers = try await connection.pipeline(
            slices.map { FactStorage.factsStatement($0.partition, of: Array($0.byOwner.keys)) })
        var statements: [SQL] = []
        for (slice, rows) in zip(slices, answers) {
            let change = self.change(slice, try FactStorage.facts(rows, partition: slice.partition))
            statements.append(
                FactStorage.addStatement(unique(slice.entries.map(\.owned)), partition: slice.partition))
            guard !change.amounts.isEmpty else { continue }
            statements.append(CellStorage.addStatement(change.amounts, partition: slice.partition))
        }
        statements.append(CampaignNameStorage.putStatement(newest(slices.flatMap { $0.entries.map(\.name) })))
        try await connection.executeAtCommit(statements)
    }

    /// What the totals of a partition gain and lose by its new facts.
    private func change(_ slice: Slice, _ old: [FactOwner: CustomerFacts]) -> Contribution {
        var change = Contribution()
        for (owner, added) in slice.byOwner {
            let before = old[owner] ?? CustomerFacts()
            var after = before
            for one in added { after.add(one.fact) }
            var contribution = Contribution(campaignID: owner.campaignID, facts: after, days: days)
            contribution.subtract(Contribution(campaignID: owner.campaignID, facts: before, days: days))
            change.merge(contribution)
        }
        return change
    }

    /// One statement may not name the same row twice.
    private func unique(_ facts: [OwnedFact]) -> [OwnedFact] {
        var seen: Set<OwnedKey> = []
        return facts.filter { seen.insert(OwnedKey(owner: $0.owner, row: FactRow($0.fact))).inserted }
    }

    private func newest(_ names: [CampaignName]) -> [CampaignName] {
        Array(Dictionary(names.map { ($0.campaignID, $0) }) { $0.version < $1.version ? $1 : $0 }.values)
    }
}

private struct OwnedKey: Hashable {
    let owner: FactOwner
    let kind: Int16
    /// In bytes, as the database compares.
    let key: [UInt8]

    init(owner: FactOwner, row: FactRow) {
        self.owner = owner
        kind = row.kind
        key = Array(row.key.utf8)
    }
}
