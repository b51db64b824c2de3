internal import Postgres
internal import RPC
internal import TestSupport

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
                    // Pauses are a part of the fault that is made, not of what is waited for.
                    do { try await Task.sleep(for: .milliseconds(Int.random(in: 5...60, using: &random))) } catch {
                        break
                    }
                    ended += try await end(Int.random(in: 1...2, using: &random))
                }
                return ended
            }
            defer { group.cancelAll() }
            _ = try await group.next()
            group.cancelAll()
            return try await group.next() ?? 0
        }
    }

    private func end(_ count: Int) async throws -> Int {
        try await bed.administrator.query(
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
/// should have passed is thrown.
func persistently<Reply: Sendable>(_ call: () async throws -> Reply) async throws -> Reply {
    let end = ContinuousClock.now + .seconds(20)
    while true {
        do {
            return try await call()
        } catch let error as RPCError {
            let mayHelp: [RPCError.Code] = [
                .unavailable, .aborted, .unknown, .deadlineExceeded, .resourceExhausted, .internalError,
            ]
            guard mayHelp.contains(error.code), .now < end else { throw error }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
