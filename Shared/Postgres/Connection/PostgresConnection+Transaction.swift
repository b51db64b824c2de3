internal import CPostgres

extension PostgresConnection {
    /// Runs `body` in a transaction: COMMIT when it returns, ROLLBACK when it throws. One attempt; the pool repeats.
    ///
    /// - Throws: what `body` threw, or `PostgresError`; `.commitUnknown` when the connection was lost during COMMIT.
    public nonisolated(nonsending) func transaction<R>(
        _ options: TransactionOptions = TransactionOptions(), _ body: (PostgresConnection) async throws -> R
    ) async throws -> R {
        try await beginTransaction(options)
        let result: R
        do {
            result = try await body(self)
            if Task.isCancelled { throw CancellationError() }
        } catch {
            await rollback()
            throw error
        }
        try await commit()
        return result
    }

    func beginTransaction(_ options: TransactionOptions) throws(PostgresError) {
        guard transaction == nil else {
            throw PostgresError(.invalidUse, "a transaction cannot begin inside another")
        }
        lastTransactionMetConflict = false
        guard channel.isOpen else { throw PostgresError(.connectionLost, "the connection to the database ended") }
        var opening = [options.beginStatement]
        if let deadline = options.deadline {
            let remaining = deadline - .now
            guard remaining > .zero else {
                throw PostgresError(.deadlineExceeded, "the deadline had passed before the transaction began")
            }
            opening.append("SET LOCAL statement_timeout = \(max(1, remaining.wholeMilliseconds))")
        } else if sessionTimeout != .standard {
            // What an earlier statement with a deadline left behind is not this transaction's.
            opening.append("SET LOCAL statement_timeout = \(standardTimeout.wholeMilliseconds)")
        }
        if let idle = options.idleTimeout {
            opening.append("SET LOCAL idle_in_transaction_session_timeout = \(max(1, idle.wholeMilliseconds))")
        }
        if !options.waitsForDisk { opening.append("SET LOCAL synchronous_commit = off") }
        if let path = options.officePath { opening.append("SET LOCAL zhike.office_path = \(try literal(path))") }
        transaction = TransactionState(
            opening: opening, takesPreamble: options.isolation == .readCommitted, deadline: options.deadline,
            isIdleTimeLimited: options.idleTimeout != nil)
        channel.isClean.store(false, ordering: .releasing)
    }

    /// `SET` takes no parameter, so this is the one value that becomes text: checked, then quoted by libpq.
    private func literal(_ officePath: String) throws(PostgresError) -> String {
        guard officePath.wholeMatch(of: /\/([a-z0-9_-]+\/)*/) != nil else {
            throw PostgresError(
                .invalidUse, "an office path looks like /head/branch/: a-z, 0-9, _ and - between slashes")
        }
        guard let quoted = PQescapeLiteral(channel.pointer, officePath, officePath.utf8.count) else {
            throw PostgresError(.invalidUse, "an office path that cannot be quoted")
        }
        defer { PQfreemem(quoted) }
        return String(cString: quoted)
    }

    /// Whether a transaction runs that the server ends when it hears nothing for a while (`TransactionOptions.idleTimeout`).
    /// A COPY into the server is to be avoided there: while the server waits for its data it minds neither this limit nor
    /// the statement's.
    public var isIdleTimeLimited: Bool { transaction?.isIdleTimeLimited ?? false }

    /// Statements whose answers nobody needs, sent together with COMMIT: they cost no round trip. They run after all others
    /// of the transaction, in the order given; what the server refuses is thrown in place of the COMMIT, and then nothing
    /// of the transaction was done.
    public func executeAtCommit(_ batch: [SQL]) throws {
        guard transaction != nil else {
            throw PostgresError(.invalidUse, "a statement can wait for COMMIT only inside a transaction")
        }
        for sql in batch { try sql.checkParameterCount() }
        transaction?.closing += batch
    }

    func commit() async throws {
        if let deadline = transaction?.deadline, deadline <= .now {
            await rollback()
            throw PostgresError(.deadlineExceeded, "the deadline passed before COMMIT; nothing was changed")
        }
        guard let ending = transaction else { return }
        guard !ending.isPending || !ending.closing.isEmpty else { return leaveTransaction() }
        var isSent = false
        do {
            let limit = ending.closing.isEmpty ? nil : ending.deadline
            let tag = try await exchange(deadline: limit, isInterruptible: false) { () throws(PostgresError) in
                guard !ending.closing.isEmpty else { return try await endTransaction("COMMIT", isSent: &isSent) }
                isSent = true
                return try await close(with: ending.closing)
            }
            // Postgres answers the COMMIT of a failed transaction with ROLLBACK, and no error.
            leaveTransaction(keepingConflict: tag != "COMMIT")
            guard tag == "COMMIT" else { throw Self.rolledBack }
        } catch let error as PostgresError where isSent && error.code != .rolledBack && !channel.isOpen {
            throw PostgresError(
                .commitUnknown, "the connection was lost during COMMIT; look whether the change is there",
                sqlState: error.sqlState)
        } catch {
            // A refused COMMIT (a deferred constraint, a conflict) has ended the transaction.
            if channel.isOpen { leaveTransaction(keepingConflict: !ending.closing.isEmpty) }
            // What was to travel with COMMIT met a transaction that had failed already.
            if (error as? PostgresError)?.sqlState == "25P02" { throw Self.rolledBack }
            throw error
        }
    }

    private static var rolledBack: PostgresError {
        PostgresError(.rolledBack, "an earlier statement of the transaction failed; nothing was changed")
    }

    /// Sends the statements and COMMIT in one go. Where one is refused the server skips what follows, COMMIT included.
    private func close(with statements: [SQL]) async throws(PostgresError) -> String {
        do throws(PostgresError) {
            return try await runPipelined(statements + ["COMMIT"]).last?.commandTag ?? ""
        } catch {
            guard channel.isOpen else { throw error }
            var isSent = false
            _ = try await endTransaction("ROLLBACK", isSent: &isSent)
            throw error
        }
    }

    func rollback() async {
        guard let ending = transaction else { return }
        guard !ending.isPending else { return leaveTransaction() }
        guard channel.isOpen else { return }
        var isSent = false
        do {
            _ = try await exchange(isInterruptible: false) { () throws(PostgresError) in
                try await endTransaction("ROLLBACK", isSent: &isSent)
            }
            leaveTransaction(keepingConflict: true)
        } catch {
            channel.lose()
        }
    }

    private func endTransaction(_ text: String, isSent: inout Bool) async throws(PostgresError) -> String {
        guard channel.isOpen else { throw channel.loss() }
        guard PQsendQuery(channel.pointer, text) == 1 else { throw channel.lose() }
        isSent = true
        try await channel.flush()
        guard let answer = try await nextAnswer() else { throw channel.lose() }
        while try await nextAnswer() != nil {}
        try check(answer)
        return answer.commandTag
    }

    private func leaveTransaction(keepingConflict: Bool = false) {
        lastTransactionMetConflict = keepingConflict && transaction?.metConflict == true
        transaction = nil
        // A connection that is still in a transaction is of no use to anybody.
        guard channel.isIdle else {
            channel.lose()
            return
        }
        if channel.isOpen, channel.listeners.isEmpty { channel.isClean.store(true, ordering: .releasing) }
    }
}
