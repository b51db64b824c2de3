internal import CampaignDomain
internal import Foundation
internal import Postgres

/// Deliveries for people to look at.
enum DeliveryListing {
    struct Filter: Sendable {
        var state: DeliveryState
        /// 0: every campaign.
        var campaignID: Int64
        /// Empty: every channel.
        var channel: String
    }

    struct Listed: Sendable {
        var partition: Int16
        var deliveryID: Int64
        var key: DedupeKey
        var customerNumber: String
        var state: DeliveryState
        var fencingToken: Int64
        var attempt: Int32
        var changedAt: Date
        var traceparent: String
    }

    /// In the order of partition and delivery, behind a place.
    static func list(
        _ filter: Filter, after place: (partition: Int64, deliveryID: Int64), limit: Int,
        in connection: PostgresConnection
    ) async throws -> [Listed] {
        try await connection.query(
            """
            SELECT partition, delivery_id, customer_id, campaign_id, wave, channel, customer_number, state,
                fencing_token, attempt, changed_at, traceparent
            FROM campaign.visible_contact
            WHERE \(condition(filter.state))
              AND (partition, delivery_id) > (\(place.partition), \(place.deliveryID))
              AND (\(filter.campaignID) = 0 OR campaign_id = \(filter.campaignID))
              AND (\(filter.channel) = '' OR channel = \(filter.channel))
            ORDER BY partition, delivery_id LIMIT \(limit)
            """
        ).map(Listed.init(row:))
    }

    /// Spelled out, because the index of open contacts knows its states by their text.
    private static func condition(_ state: DeliveryState) -> SQL {
        switch state {
        case .sending: "state = 'sending'"
        case .unknown: "state = 'unknown'"
        default: "state = \(state.rawValue)"
        }
    }

    /// Those of some deliveries that the scope of the connection shows.
    static func visible(
        _ deliveries: [(partition: Int16, deliveryID: Int64)], in connection: PostgresConnection
    ) async throws -> Set<Int64> {
        let rows = try await connection.query(
            """
            SELECT v.delivery_id
            FROM unnest(\(deliveries.map(\.partition)), \(deliveries.map(\.deliveryID))) AS i(partition, delivery_id)
            JOIN campaign.visible_contact v ON v.partition = i.partition AND v.delivery_id = i.delivery_id
            """)
        return Set(try rows.map { try $0.decode(Int64.self) })
    }
}

extension DeliveryListing.Listed {
    fileprivate init(row: PostgresRow) throws {
        partition = try row.decode(0)
        deliveryID = try row.decode(1)
        key = DedupeKey(
            campaignID: try row.decode(3), customerID: try row.decode(2), wave: try row.decode(4),
            channel: try row.decode(5))
        customerNumber = try row.decode(6)
        state = try DeliveryState.stored(try row.decode(7))
        fencingToken = try row.decode(8)
        attempt = try row.decode(9)
        changedAt = try row.decode(10)
        traceparent = try row.decode(11)
    }
}
