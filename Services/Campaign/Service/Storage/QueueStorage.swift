internal import CampaignDomain
internal import Foundation
internal import Postgres

/// What waits for a worker.
enum QueueStorage {
    /// A contact that looked due; whether it still is, is asked again under its locks.
    struct Due: Sendable {
        var partition: Int16
        var customerID: Int64
        var deliveryID: Int64
        var campaignID: Int64
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
            SELECT partition, customer_id, delivery_id, campaign_id FROM campaign.contact
            WHERE campaign_id = \(campaign.id) AND channel = \(channel) AND state = 'reserved'
              AND due_at <= \(machineNow)
            ORDER BY due_at, partition LIMIT \(limit)
            """
        }
    }

    /// A share of each campaign, so that none waits behind another's.
    static func due(_ answers: [[PostgresRow]], limit: Int) throws -> [Due] {
        var queues = try answers.map { try $0.map(Due.init(row:))[...] }
        var chosen: [Due] = []
        while chosen.count < limit, queues.contains(where: { !$0.isEmpty }) {
            let share = max(1, (limit - chosen.count) / queues.count)
            for index in queues.indices {
                let taken = queues[index].prefix(min(share, limit - chosen.count))
                chosen += taken
                queues[index] = queues[index].dropFirst(taken.count)
            }
        }
        return chosen
    }
}

extension QueueStorage.Due {
    fileprivate init(row: PostgresRow) throws {
        (partition, customerID, deliveryID, campaignID) = try row.decode((Int16, Int64, Int64, Int64).self)
    }
}
