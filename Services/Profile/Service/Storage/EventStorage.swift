internal import Foundation
internal import Postgres
internal import ProfileDomain

/// An event whose customer is known.
struct LocatedEvent: Sendable {
    var key: CustomerKey
    var event: BehaviourEvent
}

/// Where an event stands in the log.
struct StoredEvent: Sendable {
    /// Index in the batch that was given.
    var index: Int
    var partition: Int16
    var offset: Int64
}

/// Behaviour events: the entry in the log is the event.
enum EventStorage {
    /// Locks the heads of these partitions, lowest first: whoever needs several takes them in this order, so that nobody
    /// waits in a ring. Held to the end of the transaction, so call it as late as possible.
    static func lockHeads(_ partitions: Set<Int16>) -> SQL {
        """
        SELECT partition FROM profile.log_head WHERE partition = ANY (\(partitions.sorted())::smallint[])
        ORDER BY partition FOR UPDATE
        """
    }

    /// Appends the events that are new and answers where; an index that is missing in the answer was stored before.
    ///
    /// The ids in `events` must be unique per customer. Looking for duplicates after the heads are locked makes the look-up
    /// exact: whoever could add the same id holds the same head.
    static func append(
        _ events: [LocatedEvent], recordedAt: Date, in connection: PostgresConnection
    ) async throws -> [StoredEvent] {
        guard !events.isEmpty else { return [] }
        let results = try await connection.pipeline([
            lockHeads(Set(events.map(\.key.partition))), insertNew(events, recordedAt: recordedAt),
        ])
        return try results[1].map { row in
            let (ordinal, partition, offset) = try row.decode(Int64.self, Int16.self, Int64.self)
            return StoredEvent(index: Int(ordinal) - 1, partition: partition, offset: offset)
        }
    }

    private static func insertNew(_ events: [LocatedEvent], recordedAt: Date) -> SQL {
        """
        WITH input AS (
            SELECT * FROM unnest(\(events.map(\.key.partition))::smallint[], \(events.map(\.key.customerID))::bigint[],
                \(events.map(\.event.id))::text[], \(events.map(\.event.type))::text[],
                \(events.map(\.event.occurredAt))::timestamptz[], \(events.map(\.event.propertiesJSON))::text[])
                WITH ORDINALITY AS i(partition, customer_id, event_id, event_type, occurred_at, properties, ordinal)
        ), fresh AS MATERIALIZED (
            SELECT i.*, row_number() OVER (PARTITION BY i.partition ORDER BY i.ordinal) AS rank
            FROM input i
            WHERE NOT EXISTS (
                SELECT FROM profile.log l
                WHERE l.partition = i.partition AND l.customer_id = i.customer_id AND l.dedupe_key = i.event_id)
        ), heads AS (
            UPDATE profile.log_head h SET last_offset = h.last_offset + f.added
            FROM (SELECT partition, count(*) AS added FROM fresh GROUP BY partition) f
            WHERE h.partition = f.partition
            RETURNING h.partition, h.last_offset - f.added AS base
        ), inserted AS (
            INSERT INTO profile.log (partition, log_offset, customer_id, kind, subject, dedupe_key, occurred_at,
                recorded_at, properties)
            SELECT f.partition, h.base + f.rank, f.customer_id, 1, f.event_type, f.event_id, f.occurred_at,
                \(recordedAt), f.properties::jsonb
            FROM fresh f JOIN heads h ON h.partition = f.partition
        )
        SELECT f.ordinal, f.partition, h.base + f.rank FROM fresh f JOIN heads h ON h.partition = f.partition
        """
    }

    /// Which of these events are in the log already, by index. Exact only while the heads are locked.
    static func duplicates(
        of events: [LocatedEvent], in connection: PostgresConnection
    ) async throws -> Set<Int> {
        guard !events.isEmpty else { return [] }
        let rows = try await connection.query(
            """
            SELECT i.ordinal
            FROM unnest(\(events.map(\.key.partition))::smallint[], \(events.map(\.key.customerID))::bigint[],
                \(events.map(\.event.id))::text[]) WITH ORDINALITY AS i(partition, customer_id, event_id, ordinal)
            JOIN profile.log l
                ON l.partition = i.partition AND l.customer_id = i.customer_id AND l.dedupe_key = i.event_id
            """)
        return Set(try rows.map { try Int($0.decode(0, as: Int64.self)) - 1 })
    }
}
