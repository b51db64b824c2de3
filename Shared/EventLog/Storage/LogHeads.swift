public import Postgres

/// How far a log has been written.
public enum LogHeads {
    public static func read(schema: String, in connection: PostgresConnection) async throws -> LogPosition {
        try position(try await connection.query("SELECT partition, last_offset FROM \(path: "\(schema).log_head")"))
    }

    static func position(_ rows: [PostgresRow]) throws -> LogPosition {
        var position = LogPosition()
        position.offsets.reserveCapacity(rows.count)
        for row in rows { position[try row.decode(0)] = try row.decode(1) }
        return position
    }
}
