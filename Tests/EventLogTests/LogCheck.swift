import Postgres

/// Judges a log and the effects of following it, by statements of its own.
struct LogCheck {
    let pool: PostgresPool

    /// Every fault found, in words; empty where all is well.
    func faults(acknowledged: Set<String>) async throws -> [String] {
        var faults: [String] = []
        try await add(
            &faults, "partitions whose offsets have gaps or do not end at the head",
            """
            SELECT h.partition::text FROM origin.log_head h
            LEFT JOIN (SELECT partition, count(*) AS entries, min(log_offset) AS first, max(log_offset) AS last
                       FROM origin.log GROUP BY partition) l USING (partition)
            WHERE coalesce(l.last, 0) <> h.last_offset OR coalesce(l.entries, 0) <> h.last_offset
               OR coalesce(l.first, 1) <> 1
            """)
        try await add(
            &faults, "entries without effect",
            """
            SELECT dedupe_key FROM origin.log l WHERE NOT EXISTS (
                SELECT FROM follower.effect e WHERE e.partition = l.partition AND e.log_offset = l.log_offset
                    AND e.dedupe_key = l.dedupe_key AND e.customer_id = l.customer_id)
            """)
        try await add(
            &faults, "entries with more than one effect",
            "SELECT dedupe_key FROM follower.effect GROUP BY dedupe_key HAVING count(*) > 1")
        try await add(
            &faults, "effects without entry",
            """
            SELECT dedupe_key FROM follower.effect e WHERE NOT EXISTS (
                SELECT FROM origin.log l WHERE l.partition = e.partition AND l.log_offset = e.log_offset)
            """)
        try await add(
            &faults, "effects out of order",
            """
            SELECT dedupe_key FROM (
                SELECT dedupe_key, log_offset,
                    lag(log_offset) OVER (PARTITION BY partition ORDER BY sequence) AS before
                FROM follower.effect) e
            WHERE before >= log_offset
            """)
        try await add(
            &faults, "dead letters", "SELECT log_offset::text FROM follower.dead_letter")
        let kept = try await pool.query("SELECT dedupe_key FROM origin.log").map { try $0.decode(0, as: String.self) }
        let lost = acknowledged.subtracting(kept)
        if !lost.isEmpty { faults.append("\(lost.count) acknowledged entries are lost, such as \(lost.first!)") }
        return faults
    }

    private func add(_ faults: inout [String], _ what: String, _ sql: SQL) async throws {
        let found = try await pool.query(sql).map { try $0.decode(0, as: String.self) }
        if let first = found.first { faults.append("\(found.count) \(what), such as \(first)") }
    }
}
