internal import CPostgres

extension PostgresConnection {
    /// Begins a COPY and keeps the connection for it: other statements wait until `closeCopy`.
    func openCopy(_ text: String, expecting status: ExecStatusType, deadline: ContinuousClock.Instant?) async throws {
        try await exchange(deadline: deadline) { () throws(PostgresError) in
            try statementRule?(text)
            prepareSession(deadline)
            try await sendPreamble()
        }
        await takeTurn()
        let limit = [deadline, self.deadline, transaction?.deadline].compactMap { $0 }.min()
        copyOperation = channel.begin(deadline: limit)
        do throws(PostgresError) {
            try await cancellable { () throws(PostgresError) in
                guard channel.isOpen, PQsendQuery(channel.pointer, text) == 1 else { throw channel.lose() }
                try await channel.flush()
                guard let answer = try await nextAnswer() else { throw channel.lose() }
                guard answer.status == status else {
                    while try await nextAnswer() != nil {}
                    throw failure(answer)
                }
            }
        } catch {
            throw await endCopy(error)
        }
    }

    /// One step of a COPY; a failed step leaves the closing to the caller.
    func inCopy<R>(_ body: () async throws(PostgresError) -> R) async throws -> R {
        guard copyOperation != nil else { throw PostgresError(.invalidUse, "no COPY is running") }
        guard !Task.isCancelled else { throw CancellationError() }
        return try await cancellable(body)
    }

    /// Has the server stop the COPY when the task is cancelled.
    private func cancellable<R>(_ body: () async throws(PostgresError) -> R) async throws(PostgresError) -> R {
        guard let copyOperation else { return try await body() }
        do {
            return try await withTaskCancellationHandler {
                try await body()
            } onCancel: { [channel] in
                channel.requestCancel(of: copyOperation)
            }
        } catch let error as PostgresError {
            throw error
        } catch {
            throw PostgresError(.connectionLost, "a COPY ended in a way that cannot be told")
        }
    }

    /// Ends a COPY with `body` and gives the connection free.
    ///
    /// - Parameter isInterruptible: false where the COPY is given up, which a cancelled task must see through.
    func closeCopy<R>(
        isInterruptible: Bool = true, _ body: () async throws(PostgresError) -> R
    ) async throws -> R {
        do throws(PostgresError) {
            let result = isInterruptible ? try await cancellable(body) : try await body()
            await leaveCopy()
            return result
        } catch {
            throw await endCopy(error)
        }
    }

    /// The server's verdict on the whole COPY.
    func copyAnswer() async throws(PostgresError) -> PostgresResult {
        guard let answer = try await nextAnswer() else { throw channel.lose() }
        while try await nextAnswer() != nil {}
        try check(answer)
        return answer
    }

    private func endCopy(_ error: PostgresError) async -> any Error {
        let interruption = channel.interruption
        await leaveCopy()
        return Self.meaning(of: error, interruption, deadline: deadline ?? transaction?.deadline)
    }

    private func leaveCopy() async {
        if PQstatus(channel.pointer) == CONNECTION_BAD { channel.lose() }
        await channel.end()
        copyOperation = nil
        giveTurn()
    }
}
