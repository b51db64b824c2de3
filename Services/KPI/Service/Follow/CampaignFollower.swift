internal import EventLog
internal import KPIDomain
internal import Postgres

/// Turns entries of campaign.log into facts and keeps the totals in step, in the transaction that moves the cursor.
struct CampaignFollower: Sendable {
    let days: BusinessDay

    func apply(partition: Int16, _ entries: [RawEntry], in connection: PostgresConnection) async throws {
        let read = try entries.compactMap { try CampaignEntry(partition: partition, $0) }
        guard !read.isEmpty else { return }
        let byOwner = Dictionary(grouping: read.map(\.owned), by: \.owner)
        let old = try await FactStorage.facts(of: Array(byOwner.keys), in: connection)
        var change = Contribution()
        for (owner, added) in byOwner {
            let before = old[owner] ?? CustomerFacts()
            var after = before
            for one in added { after.add(one.fact) }
            var contribution = Contribution(campaignID: owner.campaignID, facts: after, days: days)
            contribution.subtract(Contribution(campaignID: owner.campaignID, facts: before, days: days))
            change.merge(contribution)
        }
        try await FactStorage.add(unique(read.map(\.owned)), in: connection)
        try await CellStorage.add(change.amounts, partition: partition, in: connection)
        try await CampaignNameStorage.put(newest(read.map(\.name)), in: connection)
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
    let key: String

    init(owner: FactOwner, row: FactRow) {
        self.owner = owner
        kind = row.kind
        key = row.key
    }
}
