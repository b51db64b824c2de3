internal import Logging

extension PostgresPool {
    /// Runs `body` in a transaction on a connection of its own.
    ///
    /// The whole of it is repeated when another transaction got in the way (40001, 40P01) or the connection was lost
    /// before COMMIT, so `body` must have no effect outside the database. A connection lost *during* COMMIT is not
    /// repeated: the error says `isCommitUnknown`, and only looking (at the idempotency row, say) tells.
    public nonisolated(nonsending) func transaction<R>(
        _ options: TransactionOptions = TransactionOptions(), _ body: (PostgresConnection) async throws -> R
    ) async throws -> R {
        var attempt = 1
        while true {
            var metConflict = false
            do {
                return try await withConnection { connection in
                    do {
                        return try await connection.transaction(options, body)
                    } catch {
                        // The caller's own error may hide what the server said.
                        metConflict = await connection.lastTransactionMetConflict
                        throw error
                    }
                }
            } catch  where attempt < options.maximumAttempts && Self.mayRepeat(error, metConflict) {
                let pause = Duration.milliseconds(Int.random(in: 2...(5 << min(attempt, 6))))
                if let deadline = options.deadline, ContinuousClock.now + pause >= deadline { throw error }
                logger.debug("A transaction is repeated", metadata: ["attempt": "\(attempt)"])
                attempt += 1
                try await Task.sleep(for: pause)
            }
        }
    }

    private static func mayRepeat(_ error: any Error, _ metConflict: Bool) -> Bool {
        guard let error = error as? PostgresError else { return metConflict }
        guard !error.isCommitUnknown else { return false }
        return metConflict || error.isRetryableConflict || error.isStaleStatement || error.code == .connectionLost
    }
}
