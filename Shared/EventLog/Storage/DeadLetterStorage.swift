internal import Foundation
internal import Postgres

/// Entries that a consumer could not apply.
struct DeadLetterStorage: Sendable {
    let schema: String
    let consumer: String
    let log: String

    func put(_ entry: LogEntry, reason: String, attempts: Int, in connection: PostgresConnection) async throws {
        try await connection.execute(
            """
            INSERT INTO \(path: "\(schema).dead_letter")
                (partition, consumer, log, log_offset, customer_id, reason, attempts, failed_at)
            VALUES (\(entry.partition), \(consumer), \(log), \(entry.offset), \(entry.customerID), \(reason),
                \(Int32(attempts)), now())
            """)
    }

    func list(limit: Int, in pool: PostgresPool) async throws -> [DeadLetter] {
        try await pool.query(
            """
            SELECT partition, log_offset, customer_id, reason, attempts, failed_at
            FROM \(path: "\(schema).dead_letter") WHERE consumer = \(consumer) AND log = \(log)
            ORDER BY partition, log_offset LIMIT \(limit)
            """
        ).map { row in
            DeadLetter(
                partition: try row.decode(0), offset: try row.decode(1), customerID: try row.decode(2),
                reason: try row.decode(3), attempts: try row.decode(4), failedAt: try row.decode(5))
        }
    }

    /// Takes a letter out, in the transaction that applies it. False where another has done so.
    func take(_ letter: DeadLetter, in connection: PostgresConnection) async throws -> Bool {
        try await connection.execute(
            """
            DELETE FROM \(path: "\(schema).dead_letter")
            WHERE partition = \(letter.partition) AND consumer = \(consumer) AND log = \(log)
              AND log_offset = \(letter.offset)
            """) == 1
    }

    func forget(in connection: PostgresConnection) async throws {
        try await connection.execute(
            "DELETE FROM \(path: "\(schema).dead_letter") WHERE consumer = \(consumer) AND log = \(log)")
    }
}
