public import Postgres

/// How far a log has been written.
public enum LogHeads {
    public static func read(schema: String, in connection: PostgresConnection) async throws -> LogPosition {
        try position(try await connection.query(statement(schema: schema)))
    }

    static func statement(schema: String) -> SQL {
        "SELECT array_agg(partition), array_agg(last_offset) FROM \(path: "\(schema).log_head")"
    }

    /// From one row of two arrays of the same order: a row for each partition would cost more to send than to read.
    static func position(_ rows: [PostgresRow]) throws -> LogPosition {
        var position = LogPosition()
        guard let row = rows.first, let partitions = try row.decode(0, as: [Int16]?.self) else { return position }
        let offsets = try row.decode(1, as: [Int64].self)
        position.offsets.reserveCapacity(partitions.count)
        for (partition, offset) in zip(partitions, offsets) { position[partition] = offset }
        return position
    }
}
