internal import CPostgres

extension PostgresConnection {
    /// Runs a statement and returns its rows, all at once: page what may be long.
    ///
    /// - Parameter deadline: the server stops the statement then; beside the deadline of the lease or transaction.
    /// - Throws: `PostgresError`, or `CancellationError` when the task was cancelled and the server stopped.
    public nonisolated(nonsending) func query(
        _ sql: SQL, deadline: ContinuousClock.Instant? = nil
    ) async throws -> [PostgresRow] {
        try await answer(to: sql, deadline: deadline).rows
    }

    /// Runs a statement and returns how many rows it wrote.
    @discardableResult
    public nonisolated(nonsending) func execute(
        _ sql: SQL, deadline: ContinuousClock.Instant? = nil
    ) async throws -> Int {
        try await answer(to: sql, deadline: deadline).affectedRows
    }

    /// Sends statements one behind the other without waiting for the answers in between: one round trip.
    ///
    /// Outside a transaction the batch is a transaction of its own: the first failure undoes all of it.
    public func pipeline(_ batch: [SQL], deadline: ContinuousClock.Instant? = nil) async throws -> [[PostgresRow]] {
        guard !batch.isEmpty else { return [] }
        for sql in batch { try sql.checkParameterCount() }
        return try await exchange(deadline: deadline) { () throws(PostgresError) in
            prepareSession(deadline)
            return try await runPipelined(batch).map(\.rows)
        }
    }

    /// The same for statements that write: how many rows each wrote.
    @discardableResult
    public func executePipeline(_ batch: [SQL], deadline: ContinuousClock.Instant? = nil) async throws -> [Int] {
        guard !batch.isEmpty else { return [] }
        for sql in batch { try sql.checkParameterCount() }
        return try await exchange(deadline: deadline) { () throws(PostgresError) in
            prepareSession(deadline)
            return try await runPipelined(batch).map(\.affectedRows)
        }
    }

    func run(_ sql: SQL, deadline: ContinuousClock.Instant?) async throws -> PostgresResult {
        try await exchange(deadline: deadline) { () throws(PostgresError) in
            prepareSession(deadline)
            return try await repeatingStale(sql, deadline) { () throws(PostgresError) in try await runOnce(sql) }
        }
    }

    /// Runs the statement once more where its tables changed below the prepared statement. Inside a transaction it is too
    /// late for that: the retry of the transaction does it.
    func repeatingStale(
        _ sql: SQL, _ deadline: ContinuousClock.Instant?,
        _ firstTime: () async throws(PostgresError) -> PostgresResult
    ) async throws(PostgresError) -> PostgresResult {
        do throws(PostgresError) {
            return try await firstTime()
        } catch {
            guard error.isStaleStatement else { throw error }
            statements.remove(sql)
            guard transaction == nil else { throw error }
            // A SET or RESET that travelled with the statement was undone with it.
            sessionTimeout = .unknown
            prepareSession(deadline)
            return try await runOnce(sql)
        }
    }

    private func runOnce(_ sql: SQL) async throws(PostgresError) -> PostgresResult {
        if try send(alone: sql) { return try await singleAnswer() }
        return try await runPipelined([sql])[0]
    }

    /// Sends a statement by itself; false, and nothing sent, where it has to be parsed first or something goes in front.
    func send(alone sql: SQL) throws(PostgresError) -> Bool {
        if hasPreamble { return false }
        if !sql.isPrepared {
            try statementRule?(sql.text)
            try send(unprepared: sql)
            return true
        }
        guard let name = statements.name(of: sql) else { return false }
        try send(prepared: name, sql.parameters)
        return true
    }

    /// Puts the session's `statement_timeout` in front of the next statement where it has to change. Only for who sends
    /// that statement in the same turn: what is left in front would take effect for somebody else.
    func prepareSession(_ ownDeadline: ContinuousClock.Instant?) {
        guard !isSessionReady(ownDeadline) else { return }
        sessionTimeout = wantedTimeout(ownDeadline)
        guard case .named(let deadline) = sessionTimeout else { return preamble.append("RESET statement_timeout") }
        preamble.append("SET statement_timeout = \(max(1, (deadline - .now).wholeMilliseconds))")
    }

    /// Whether `statement_timeout` is right for a statement. A transaction has set its own.
    func isSessionReady(_ ownDeadline: ContinuousClock.Instant?) -> Bool {
        transaction != nil || sessionTimeout == wantedTimeout(ownDeadline)
    }

    private func wantedTimeout(_ ownDeadline: ContinuousClock.Instant?) -> SessionTimeout {
        switch (ownDeadline, deadline) {
        case (nil, nil): .standard
        case (let own?, let lease?): .named(for: min(own, lease))
        case (let only?, nil), (nil, let only?): .named(for: only)
        }
    }

    // MARK: Answers

    /// The answer to one statement that was sent alone.
    ///
    /// - Parameter first: what was taken of it already.
    func singleAnswer(_ first: PostgresResult? = nil) async throws(PostgresError) -> PostgresResult {
        guard channel.isOpen else { throw channel.loss() }
        try await channel.flush()
        var answer = first
        if answer == nil { answer = try await nextAnswer() }
        guard let answer else { throw channel.lose() }
        // The end of the answers must be read too, or the next statement cannot be sent.
        while let extra = try await nextAnswer() {
            try refuseUnwanted(extra)
        }
        try check(answer)
        return answer
    }

    /// The next answer, or nil at the end of a statement's answers.
    func nextAnswer() async throws(PostgresError) -> PostgresResult? {
        while PQisBusy(channel.pointer) == 1 { try await channel.wait(for: .answer) }
        return PQgetResult(channel.pointer).map { PostgresResult(adopting: $0) }
    }

    private func refuseUnwanted(_ answer: PostgresResult) throws(PostgresError) {
        switch answer.status {
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            channel.lose()
            throw PostgresError(.invalidUse, "COPY has methods of its own: copyIn and copyOut")
        default: return
        }
    }

    func check(_ answer: PostgresResult) throws(PostgresError) {
        switch answer.status {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH: try refuseUnwanted(answer)
        default: throw failure(answer)
        }
    }

    /// What the server refused; where the connection went with it, that.
    func failure(_ answer: PostgresResult) -> PostgresError {
        var error = answer.error
        if error.isRetryableConflict || error.isStaleStatement { transaction?.metConflict = true }
        // After 57P01 to 57P03 the server closes; the end of the stream may only be on its way.
        if PQstatus(channel.pointer) == CONNECTION_BAD || error.sqlState.hasPrefix("57P") {
            error.code = .connectionLost
            error.explanation = "the connection to the database ended"
            channel.lose()
        }
        return error
    }
}
