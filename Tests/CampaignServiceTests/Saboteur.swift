internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

/// Takes database connections of the campaign service away in the middle of what they do, as a crash would.
struct Saboteur: Sendable {
    let bed: CampaignBed

    /// Ends connections until the body is done, some at a time, whatever they are at.
    ///
    /// - Returns: how many were ended.
    func during(_ seed: UInt64, _ body: @escaping @Sendable () async throws -> Void) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                try await body()
                return 0
            }
            group.addTask {
                var random = SeededGenerator(seed: seed)
                var ended = 0
                while !Task.isCancelled {
                    let pause = Double(Int.random(in: 5...60, using: &random)) / 1_000
                    do {
                        ended += try await end(Int.random(in: 1...2, using: &random), afterSeconds: pause)
                    } catch  where Task.isCancelled {
                        break
                    }
                }
                return ended
            }
            defer { group.cancelAll() }
            _ = try await group.next()
            group.cancelAll()
            return try await group.next() ?? 0
        }
    }

    /// Pauses, which are a part of the fault that is made, and ends so many connections.
    private func end(_ count: Int, afterSeconds pause: Double) async throws -> Int {
        _ = try await bed.administrator.query("SELECT pg_sleep(\(pause))")
        return try await bed.administrator.query(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND usename IN ('zhike_campaign', 'zhike_campaign_request')
              AND state <> 'idle'
            ORDER BY random() LIMIT \(count)
            """
        ).count
    }
}

/// Repeats a call with its key, as a client does that got no answer, until one comes. What still fails when all faults
/// should have passed is thrown, and at once what repeating cannot help.
func persistently<Reply: Sendable>(_ call: () async throws -> Reply) async throws -> Reply {
    let mayHelp: [RPCError.Code] = [
        .unavailable, .aborted, .unknown, .deadlineExceeded, .resourceExhausted, .internalError,
    ]
    var last: Result<Reply, RPCError>?
    try await eventually("an answer to a repeated call") {
        do {
            last = .success(try await call())
        } catch let error as RPCError {
            last = .failure(error)
            if mayHelp.contains(error.code) { throw error }
        }
        return true
    }
    return try #require(last).get()
}
