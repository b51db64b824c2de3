public import Postgres
internal import Synchronization

extension LogConsumer {
    /// How often the cursors are looked at besides while a reader waits for them.
    private static let lookPause = Duration.milliseconds(25)

    /// How far all members together have applied the log.
    public func appliedPosition() async throws -> LogPosition {
        try await cursors.applied(in: pool)
    }

    /// How many entries are written, and how many of those are applied. None while the log is not there yet.
    public func progress() async throws -> (written: Int64, applied: Int64) {
        // In this order nothing is applied that is not yet known to be written.
        let applied = try await appliedPosition()
        let heads: LogPosition
        do {
            heads = try await pool.withConnection { try await LogHeads.read(schema: log, in: $0) }
        } catch  where Self.isAbsence(error) {
            return (0, 0)
        }
        let written = LogPosition().distance(to: heads)
        return (written, written - applied.distance(to: heads))
    }

    /// How many entries are written and not yet applied.
    public func lag() async throws -> Int64 {
        let (written, applied) = try await progress()
        return written - applied
    }

    /// Waits until everything up to `position` has taken effect, so that a reader sees what it wrote itself.
    ///
    /// - Throws: `EventLogError` with `.notAppliedInTime` once `deadline` has passed.
    public func waitUntilApplied(_ position: LogPosition, deadline: ContinuousClock.Instant) async throws {
        while true {
            // The database is asked also for what this member holds: a crash may have taken back what it remembers.
            if try await appliedPosition().includes(position) { return }
            try Task.checkCancellation()
            let remaining = deadline - .now
            guard remaining > .zero else {
                throw EventLogError(.notAppliedInTime, "\(name) has not yet applied what was written to \(log).log")
            }
            await arrivals.wait(atMost: min(remaining, Self.lookPause))
        }
    }

    // MARK: Dead letters

    /// Entries that were given up, oldest offsets first.
    public func deadLetters(limit: Int = 1000) async throws -> [DeadLetter] {
        try await letters.list(limit: limit, in: pool)
    }

    /// Offers a dead letter to the handler once more; where it is applied, it is no longer one.
    ///
    /// - Throws: what the handler threw; the letter is then kept.
    public func redrive(_ letter: DeadLetter) async throws {
        try await pool.transaction { try await redrive(letter, in: $0) }
    }

    /// The same in the caller's transaction, as the owner of the consumer's schema. The handler may append to a log of its
    /// own, so this belongs near the end of it.
    public func redrive(_ letter: DeadLetter, in connection: PostgresConnection) async throws {
        guard try await letters.take(letter, in: connection) else { return }
        let range = LogRange(partition: letter.partition, after: letter.offset - 1, upTo: letter.offset)
        let entries = try await reader.read([range], in: connection)
        let answers = questions.isEmpty ? [] : try await connection.pipeline(questions)
        try await handler(LogBatch(log: log, entries: entries, answers: answers), connection)
    }

    // MARK: From the beginning

    /// Goes back to the first entry, in a transaction that afterwards takes back every effect so far; all of them are made
    /// anew, and dead letters are tried again. Call it first, and for several consumers in one order: it waits for the
    /// batches that are being applied.
    public func rewind(in connection: PostgresConnection) async throws {
        try await cursors.rewind(in: connection)
        try await letters.forget(in: connection)
    }
}
