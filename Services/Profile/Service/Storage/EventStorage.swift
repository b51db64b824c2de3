internal import EventLog
internal import Foundation
internal import Postgres
internal import ProfileDomain

/// An event whose customer is known.
struct LocatedEvent: Sendable {
    var key: CustomerKey
    var event: BehaviourEvent
}

/// Behaviour events: the entry in the log is the event.
enum EventStorage {
    /// Holds the heads of partitions and then looks which of the events are in the log already; answers their indexes.
    ///
    /// The heads come first, because whoever could add the same id holds the same head: so the answer stays true to the
    /// end of the transaction. Every event's partition must be among those given.
    static func holdHeads(
        of partitions: Set<Int16>, _ writer: EventLogWriter, findingDuplicatesAmong events: [LocatedEvent],
        in connection: PostgresConnection
    ) async throws -> Set<Int> {
        let hold = writer.holdHeads(of: partitions)
        guard !events.isEmpty else {
            _ = try await connection.query(hold)
            return []
        }
        let answers = try await connection.pipeline([hold, duplicates(of: events)])
        return Set(try answers[1].map { try Int($0.decode(0, as: Int64.self)) - 1 })
    }

    private static func duplicates(of events: [LocatedEvent]) -> SQL {
        """
        SELECT i.ordinal
        FROM unnest(\(events.map(\.key.partition))::smallint[], \(events.map(\.key.customerID))::bigint[],
            \(events.map(\.event.id))::text[]) WITH ORDINALITY AS i(partition, customer_id, event_id, ordinal)
        JOIN profile.log l
            ON l.partition = i.partition AND l.customer_id = i.customer_id AND l.dedupe_key = i.event_id
        """
    }
}
