internal import CampaignDomain
internal import Foundation
internal import Postgres

/// What waits for a worker.
enum QueueStorage {
    /// A contact that looked due. Its locks may come after another worker has had it and given it back for later: then its
    /// token is another.
    struct Due: Sendable {
        var partition: Int16
        var customerID: Int64
        var deliveryID: Int64
        var campaignID: Int64
        var fencingToken: Int64
    }

    /// The oldest due contacts of running campaigns through a channel, a statement for each campaign that uses it. Nothing
    /// is locked.
    static func dueStatements(
        channel: String, campaigns: [LiveCampaign], machineNow: Date, limit: Int
    ) -> [SQL] {
        let using = campaigns.filter { campaign in
            campaign.plan.waves.contains { $0.channel == channel }
                || campaign.plan.triggers.contains { $0.channel == channel }
        }
        return using.map { campaign in
            """
            SELECT partition, customer_id, delivery_id, campaign_id, fencing_token FROM campaign.contact
            WHERE campaign_id = \(campaign.id) AND channel = \(channel) AND state = 'reserved'
              AND due_at <= \(machineNow)
            ORDER BY due_at, partition LIMIT \(limit)
            """
        }
    }

    /// One of each campaign in turn, so that none waits behind another's, as long as there are no more than `limit` and their
    /// deliveries together take no more than `byteLimit`.
    ///
    /// - Parameter last: the campaign whose turn came last; the next one behind it is first.
    static func due(
        _ answers: [[PostgresRow]], after last: Int64, limit: Int, byteLimit: Int, bytes: (Due) -> Int
    ) throws -> [Due] {
        let queues = inTurn(try answers.map { try $0.map(Due.init(row:)) }, after: last)
        var chosen: [Due] = []
        var byteCount = 0
        for place in 0..<(queues.map(\.count).max() ?? 0) {
            for queue in queues where place < queue.count {
                byteCount += bytes(queue[place])
                guard chosen.count < limit, byteCount <= byteLimit else { return chosen }
                chosen.append(queue[place])
            }
        }
        return chosen
    }

    /// By ascending campaign, from the first behind the last one on. Without this a claim for one contact would always
    /// take that of the oldest campaign.
    private static func inTurn(_ queues: [[Due]], after last: Int64) -> [[Due]] {
        let waiting = queues.filter { !$0.isEmpty }.sorted { $0[0].campaignID < $1[0].campaignID }
        let first = waiting.firstIndex { $0[0].campaignID > last } ?? 0
        return Array(waiting[first...] + waiting[..<first])
    }
}

extension QueueStorage.Due {
    fileprivate init(row: PostgresRow) throws {
        (partition, customerID, deliveryID, campaignID, fencingToken) = try row.decode(
            (Int16, Int64, Int64, Int64, Int64).self)
    }
}
