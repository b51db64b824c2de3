internal import CPostgres

extension PostgresConnection {
    /// Wakes everyone who listens to `channel`. A wake-up, not a message: it is lost where nobody is connected.
    ///
    /// - Parameter payload: under 8,000 bytes.
    public func notify(_ channel: String, payload: String = "") async throws {
        try await execute("SELECT pg_notify(\(channel), \(payload))")
    }

    /// Listens on this connection until it ends; the stream ends with it. At most `limit` wake-ups are kept for a slow
    /// reader, the oldest are dropped.
    public func listen(_ name: String, limit: Int = 64) async throws -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(limit))
        channel.listeners[name, default: []].append(continuation)
        // A session that listens is not lent to others.
        channel.isClean.store(false, ordering: .releasing)
        try await execute(SQL("LISTEN \(identifier: name)").unprepared)
        return stream
    }
}
