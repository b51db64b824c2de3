internal import CampaignDomain
internal import Postgres
internal import Synchronization

/// Remembers the campaigns that were started, and forgets when the database says that one was changed.
final class CampaignBook: Sendable {
    struct Content: Sendable {
        fileprivate(set) var revision: Int64 = -1
        fileprivate(set) var campaigns: [Int64: LiveCampaign] = [:]
        /// By ascending id.
        fileprivate(set) var running: [LiveCampaign] = []
        fileprivate(set) var closed: [Int64] = []
        fileprivate(set) var interest = EventInterest([])

        fileprivate init() {}

        fileprivate init(revision: Int64, campaigns: [Int64: LiveCampaign]) {
            self.revision = revision
            self.campaigns = campaigns
            running = campaigns.values.filter { $0.state == .running }.sorted { $0.id < $1.id }
            closed = campaigns.values.filter { $0.state == .closed }.map(\.id).sorted()
            interest = EventInterest(campaigns.values)
        }
    }

    private let content = Mutex(Content())

    /// The campaigns as they stand for this transaction.
    func read(in connection: PostgresConnection) async throws -> Content {
        let rows = try await connection.query(LiveCampaignStorage.revisionStatement)
        return try await read(revision: try rows[0].decode(Int64.self), in: connection)
    }

    /// The same for a caller that asked for the revision together with something else.
    func read(revision: Int64, in connection: PostgresConnection) async throws -> Content {
        let known = content.withLock { $0 }
        guard known.revision != revision else { return known }
        let standings = try await LiveCampaignStorage.standings(in: connection)
        var campaigns: [Int64: LiveCampaign] = [:]
        var missing: [LiveCampaignStorage.Standing] = []
        for standing in standings {
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
        // Read later than the revision, so it may be newer: then the next reader looks once more.
        let read = Content(revision: revision, campaigns: campaigns)
        content.withLock { content in
            if content.revision < revision { content = read }
        }
        return read
    }
}
