internal import CampaignDomain
internal import Postgres
internal import Synchronization

/// Remembers the campaigns that were started and the contact policy, and forgets when the database says that one was
/// changed.
final class CampaignBook: Sendable {
    struct Content: Sendable {
        fileprivate(set) var revision: Int64 = -1
        fileprivate(set) var policyVersion: Int64 = 0
        fileprivate(set) var policy = ContactPolicy()
        fileprivate(set) var campaigns: [Int64: LiveCampaign] = [:]
        /// By ascending id.
        fileprivate(set) var running: [LiveCampaign] = []
        fileprivate(set) var closed: [Int64] = []
        fileprivate(set) var interest = EventInterest([])

        fileprivate init() {}

        fileprivate mutating func replace(_ campaigns: [Int64: LiveCampaign], revision: Int64) {
            self.revision = revision
            self.campaigns = campaigns
            running = campaigns.values.filter { $0.state == .running }.sorted { $0.id < $1.id }
            closed = campaigns.values.filter { $0.state == .closed }.map(\.id).sorted()
            interest = EventInterest(campaigns.values)
        }
    }

    private let content = Mutex(Content())

    /// What was read last; it may no longer stand.
    var latest: Content { content.withLock { $0 } }

    /// Campaigns and policy as they stand for this transaction.
    func read(in connection: PostgresConnection) async throws -> Content {
        try await read(try await connection.query(LiveCampaignStorage.revisionStatement), in: connection)
    }

    /// The same for a caller that sent `LiveCampaignStorage.revisionStatement` together with something else.
    func read(_ rows: [PostgresRow], in connection: PostgresConnection) async throws -> Content {
        guard let row = rows.first else { throw CampaignFailure.revisionMissing }
        let (revision, policyVersion) = try row.decode((Int64, Int64).self)
        var known = latest
        guard known.revision != revision || known.policyVersion != policyVersion else { return known }
        if known.policyVersion != policyVersion {
            (known.policyVersion, known.policy) = try await PolicyStorage.current(in: connection)
        }
        if known.revision != revision {
            known.replace(try await campaigns(known, in: connection), revision: revision)
        }
        let read = known
        content.withLock { content in
            if content.revision <= read.revision, content.policyVersion <= read.policyVersion { content = read }
        }
        return read
    }

    /// Read later than the revision, so it may be newer: then the next reader looks once more.
    private func campaigns(
        _ known: Content, in connection: PostgresConnection
    ) async throws -> [Int64: LiveCampaign] {
        var campaigns: [Int64: LiveCampaign] = [:]
        var missing: [LiveCampaignStorage.Standing] = []
        for standing in try await LiveCampaignStorage.standings(in: connection) {
            // Plan and words of an approved version never change; the rest does.
            if var campaign = known.campaigns[standing.id], campaign.version == standing.version {
                campaign.state = standing.state
                campaign.startedAt = standing.startedAt
                campaign.closedAt = standing.closedAt
                campaigns[standing.id] = campaign
            } else {
                missing.append(standing)
            }
        }
        campaigns.merge(try await LiveCampaignStorage.fixed(missing, in: connection)) { $1 }
        return campaigns
    }
}
