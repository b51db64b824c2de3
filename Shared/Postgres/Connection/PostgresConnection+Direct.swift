internal import CPostgres

// What most statements are: with nothing to be sent in front, on a connection that does nothing else, and answered within
// moments. The task that asks is suspended once for such a one, and not switched to this actor and back: the loop sends
// the statement and takes the answer. Whatever else comes up (a wait that lasts, an error, COPY, a lost connection) is
// left to the actor as it stands.

/// How far the loop came with a statement.
enum DirectOutcome {
    /// Nothing was sent or changed, and the connection is not this statement's.
    case notStarted
    /// The statement was sent, and the connection is still its own. `first` is what came of the answer.
    case underWay(first: PostgresResult?)
    case answered(PostgresResult)
}

/// A statement whose answer the loop takes.
struct DirectStatement {
    let connection: PostgresConnection
    /// Unsafe, because this is resumed once per query: whoever resumes it has taken it from its channel before.
    let continuation: UnsafeContinuation<DirectOutcome, Never>
    /// When the statement has to be over.
    let limit: ContinuousClock.Instant?
    var first: PostgresResult?

    /// How long the loop waits for an answer by itself. Only after it does the task ask to be told of its cancellation,
    /// which is dear beside a statement that is answered at once.
    static let patience = Duration.milliseconds(10)
}

extension PostgresConnection {
    /// Runs a statement, directly where that is possible.
    nonisolated(nonsending) func answer(
        to sql: SQL, deadline: ContinuousClock.Instant?
    ) async throws -> PostgresResult {
        if Task.isCancelled { throw CancellationError() }
        try sql.checkParameterCount()
        let outcome = await withUnsafeContinuation { continuation in
            if loop.isCurrentThread {
                assumeIsolated { $0.start(sql, deadline: deadline, continuation) }
            } else {
                loop.perform { [self] in assumeIsolated { $0.start(sql, deadline: deadline, continuation) } }
            }
        }
        switch outcome {
        case .answered(let answer): return answer
        case .notStarted: return try await run(sql, deadline: deadline)
        case .underWay(let first): return try await goOn(sql, first: first, deadline: deadline)
        }
    }

    private func start(
        _ sql: SQL, deadline: ContinuousClock.Instant?, _ continuation: UnsafeContinuation<DirectOutcome, Never>
    ) {
        guard takeFreeTurn() else { return continuation.resume(returning: .notStarted) }
        let now = ContinuousClock.now
        let limit = limit(deadline)
        guard channel.isOpen, limit.map({ now < $0 }) ?? true, isSessionReady(deadline),
            (try? send(alone: sql)) == true
        else {
            giveTurn()
            return continuation.resume(returning: .notStarted)
        }
        let patience = now + DirectStatement.patience
        _ = channel.begin(deadline: limit.map { min($0, patience) } ?? patience)
        channel.awaitAnswer(to: DirectStatement(connection: self, continuation: continuation, limit: limit))
    }

    /// Ends a statement that was answered, on the loop's thread.
    nonisolated func directStatementIsAnswered() {
        assumeIsolated { connection in
            connection.noteOwnTransaction()
            connection.giveTurn()
        }
    }

    /// Goes on with a statement that the loop left.
    private func goOn(
        _ sql: SQL, first: PostgresResult?, deadline: ContinuousClock.Instant?
    ) async throws -> PostgresResult {
        defer { giveTurn() }
        // Its deadline is minded since the loop left it, and may have stopped it by now.
        let operation = channel.operation
        return try await withTaskCancellationHandler {
            try await collect(deadline: limit(deadline)) { () throws(PostgresError) in
                try await repeatingStale(sql, deadline) { () throws(PostgresError) in
                    try await singleAnswer(first)
                }
            }
        } onCancel: { [channel] in
            channel.requestCancel(of: operation)
        }
    }
}
