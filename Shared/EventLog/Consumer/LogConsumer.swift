internal import Foundation
internal import Logging
public import Postgres
public import ServiceLifecycle
internal import Synchronization

/// Follows a log: each entry takes effect exactly once, and those of a customer in their order.
///
/// The cursor moves in the transaction of the effects, and only for the holder of the newest fencing token. Several
/// members of one name share the partitions; what a dead member held is free for the others after its lease.
public final class LogConsumer: Service, Sendable {
    /// Applies a batch in the transaction of the connection: that is where all its effects belong. It may run more than
    /// once for the same entries when a transaction fails, so it must have no effect elsewhere. To append to a log of
    /// its own, it does so last.
    public typealias Handler = @Sendable (LogBatch, PostgresConnection) async throws -> Void

    public let name: String
    public let log: String
    let pool: PostgresPool
    let configuration: LogConsumerConfiguration
    let questions: [SQL]
    let didApply: @Sendable () -> Void
    let handler: Handler
    let cursors: CursorStorage
    let letters: DeadLetterStorage
    let reader: LogReader
    let state = Mutex(ConsumerState())
    let arrivals = Arrivals()
    /// Unique among the members, also after a restart.
    let member = UUID().uuidString

    /// - Parameters:
    ///   - name: of the consumer; members of the same name share the work.
    ///   - log: the schema of the log that is followed.
    ///   - ownSchema: the schema of the cursors and of the effects.
    ///   - pool: logged in as the owner of `ownSchema`, with SELECT on the log and its heads.
    ///   - asking: statements that every batch needs the answers of; they travel with the reading of the log.
    ///   - didApply: told after each commit, for those who wait for the effects. It must return at once.
    public init(
        name: String, log: String, ownSchema: String, pool: PostgresPool,
        configuration: LogConsumerConfiguration = LogConsumerConfiguration(), asking questions: [SQL] = [],
        didApply: @escaping @Sendable () -> Void = {}, handler: @escaping Handler
    ) {
        self.name = name
        self.log = log
        self.pool = pool
        self.configuration = configuration
        self.questions = questions
        self.didApply = didApply
        self.handler = handler
        cursors = CursorStorage(schema: ownSchema, consumer: name, log: log)
        letters = DeadLetterStorage(schema: ownSchema, consumer: name, log: log)
        reader = LogReader(log: log, ownSchema: ownSchema)
    }

    /// Follows until the task is cancelled or the service stops, and then gives its partitions back.
    public func run() async throws {
        let (looks, look) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (failures, failure) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.keepLease(look) }
                group.addTask { await self.listen(look) }
                group.addTask { await self.tick(look) }
                group.addTask { await self.retry(failures, look) }
                // Its time goes into statements.
                group.addTask(executorPreference: self.pool.executor) { await self.follow(looks, look, failure) }
                await group.waitForAll()
            }
        }
        // In a task of its own, because this one may be cancelled.
        await Task { try? await cursors.release(member: member, in: pool) }.value
    }

    // MARK: What makes it look

    private func listen(_ look: AsyncStream<Void>.Continuation) async {
        for await _ in pool.wakeUps(on: LogNotifier.channel(log: log)) { look.yield() }
    }

    private func tick(_ look: AsyncStream<Void>.Continuation) async {
        while true {
            do { try await Task.sleep(for: configuration.lookInterval) } catch { return look.finish() }
            state.withLock { $0.distrustItself() }
            look.yield()
        }
    }

    /// An entry that failed is to be tried again soon; `failures` comes after each look for as long as there is one.
    private func retry(_ failures: AsyncStream<Void>, _ look: AsyncStream<Void>.Continuation) async {
        for await _ in failures {
            do { try await Task.sleep(for: configuration.retryPause / 2) } catch { return }
            look.yield()
        }
    }

    private func keepLease(_ look: AsyncStream<Void>.Continuation) async {
        var isCreated = false
        while !Task.isCancelled {
            var pause = configuration.lease / 4
            do {
                if !isCreated { try await cursors.create(in: pool) }
                isCreated = true
                try await renewLease()
                look.yield()
            } catch  where Task.isCancelled {
                return
            } catch {
                pool.logger.warning("A lease was not renewed", metadata: metadata(error))
                // A member without a lease does nothing at all, however long a lease is.
                pause = min(pause, .seconds(1))
            }
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }

    private func renewLease() async throws {
        let leases = try await cursors.renew(member: member, lease: configuration.lease, in: pool)
        state.withLock { $0.replaceLeases(leases) }
    }

    // MARK: Following

    private func follow(
        _ looks: AsyncStream<Void>, _ look: AsyncStream<Void>.Continuation, _ failure: AsyncStream<Void>.Continuation
    ) async {
        var absences = 0
        for await _ in looks {
            do {
                while case let applied = try await step(), applied > 0 {
                    guard configuration.rest > .zero, applied < configuration.batchSize else { continue }
                    try await Task.sleep(for: configuration.rest)
                }
                absences = 0
                if state.withLock({ $0.hasFailures }) { failure.yield() }
            } catch  where Task.isCancelled {
                return
            } catch {
                absences = Self.isAbsence(error) ? absences + 1 : 0
                await recover(from: error, absences: absences)
                look.yield()
            }
        }
    }

    /// Applies one batch.
    ///
    /// - Returns: how many entries were offered to the handler; 0 where there is nothing more at the moment.
    func step() async throws -> Int {
        if Task.isCancelled { throw CancellationError() }
        let ranges = try await look()
        try await apply(ranges)
        return Int(ranges.reduce(0) { $0 + $1.count })
    }

    /// What comes next. Now and then, and after each failure, the cursors are believed as they stand: a COMMIT whose answer
    /// was lost may have taken effect, and one that did not wait for the disk may be gone. No batch runs here.
    private func look() async throws -> [LogRange] {
        let doubts = state.withLock { $0.openDoubts }
        let (heads, leases): (LogPosition, [Int16: CursorStorage.Lease]?)
        do {
            (heads, leases) = try await pool.withConnection { [self] in
                try await cursors.look(doubts == nil ? nil : member, in: $0)
            }
        } catch let error as PostgresError where Self.isAbsence(error) {
            throw LogAbsent(cause: error)
        }
        return state.withLock { state in
            if let leases, let doubts { state.resetLeases(leases, answering: doubts) }
            return state.nextRanges(heads: heads, limit: configuration.batchSize, now: .now)
        }
    }

    /// Applies ranges in one transaction; where that fails for a reason of their own, in halves, down to the entry.
    private func apply(_ ranges: [LogRange]) async throws {
        let count = ranges.reduce(0) { $0 + $1.count }
        guard count > 0 else { return }
        do {
            try await transact(ranges)
        } catch  where Self.isPassing(error) && !Self.tookTooLong(error) {
            throw error
        } catch {
            guard count > 1 else { return try await refused(ranges[0], error) }
            let (first, second) = ranges.halves()
            try await apply(first)
            let rest = state.withLock { $0.stillNext(second) }
            if !rest.isEmpty { try await apply(rest) }
        }
    }

    private func transact(_ ranges: [LogRange]) async throws {
        let tokens = state.withLock { $0.tokens(of: ranges) }
        try await pool.transaction(options) { connection in
            let (entries, answers) = try await read(ranges, tokens, in: connection)
            try await handler(LogBatch(log: log, entries: entries, answers: answers), connection)
        }
        moved(ranges)
    }

    /// Moves the cursors, which locks them, and reads what they moved over: one round trip.
    private func read(
        _ ranges: [LogRange], _ tokens: [Int64], in connection: PostgresConnection
    ) async throws -> (entries: [LogEntry], answers: [[PostgresRow]]) {
        let statements = [cursors.advance(ranges, tokens: tokens)] + questions + [reader.statement(ranges)]
        let answers: [[PostgresRow]]
        do {
            answers = try await connection.pipeline(statements)
        } catch let error as PostgresError where Self.isAbsence(error) {
            throw LogAbsent(cause: error)
        }
        guard try answers[0][0].decode(0, as: Int32.self) == ranges.count else {
            throw EventLogError(.fenced, "a partition of \(log).log was taken over from \(name)")
        }
        let entries = try reader.entries(of: ranges, from: answers[answers.count - 1])
        return (entries, Array(answers[1..<(answers.count - 1)]))
    }

    /// A member that stands still loses its locks with its lease, so that its partitions can change hands. No COMMIT
    /// waits for the disk: a crash takes cursor and effects back together, and the entries are applied again.
    private var options: TransactionOptions {
        TransactionOptions(idleTimeout: configuration.lease, waitsForDisk: false)
    }

    private func moved(_ ranges: [LogRange]) {
        state.withLock { $0.applied(ranges) }
        arrivals.announce()
        didApply()
    }

    /// One entry could not be applied: it is tried again later, and in the end put aside so that the others go on.
    private func refused(_ range: LogRange, _ error: any Error) async throws {
        let attempts = state.withLock { $0.failed(range, pause: configuration.retryPause, now: .now) }
        var details = metadata(error)
        details["partition"] = "\(range.partition)"
        details["offset"] = "\(range.upTo)"
        guard attempts >= configuration.maximumAttempts else {
            return pool.logger.warning("An entry could not be applied", metadata: details)
        }
        guard !Self.isMissing(error) else {
            return pool.logger.error(
                "An entry is not in its log: its partition stands still, the others go on", metadata: details)
        }
        // Somebody may hold what it needs, or the database stands still: neither is the entry's fault.
        guard !Self.tookTooLong(error) else {
            return pool.logger.error(
                "An entry took too long each time: its partition waits for it, the others go on", metadata: details)
        }
        pool.logger.error("An entry was put among the dead letters", metadata: details)
        let tokens = state.withLock { $0.tokens(of: [range]) }
        try await pool.transaction(options) { connection in
            let (entries, _) = try await read([range], tokens, in: connection)
            try await letters.put(entries[0], reason: Self.reason(error), attempts: attempts, in: connection)
        }
        moved([range])
    }

    // MARK: Failures

    /// Too much for one transaction, a row that somebody else holds, or the database stands still: a smaller part may do.
    /// One entry alone holds up its partition, never the others, and is offered again for as long as it takes.
    private static func tookTooLong(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError else { return false }
        return error.sqlState == "57014" || error.sqlState == "25P03" || error.code == .deadlineExceeded
    }

    /// There is nothing that could be put aside.
    private static func isMissing(_ error: any Error) -> Bool { (error as? EventLogError)?.code == .gap }

    /// Reasons that lie outside the entries: the same batch is offered again, and no attempt is counted.
    private static func isPassing(_ error: any Error) -> Bool {
        switch error {
        case is CancellationError, is LogRetryLater: true
        case is EventLogError: !isMissing(error)
        case let error as PostgresError:
            error.isConnectionLost || error.isCommitUnknown || error.isRetryableConflict || error.isTimeout
                || error.isResourceShortage || error.code == .closed || isAbsence(error)
        default: isAbsence(error)
        }
    }

    /// - Parameter absences: how often in succession the log was not there.
    private func recover(from error: any Error, absences: Int) async {
        guard !Task.isCancelled else { return }
        if absences > 0 {
            // Told at once, and then about every minute: what is a start at first is a missing grant in the end.
            let level: Logger.Level = error is LogAbsent ? .notice : .warning
            pool.logger.log(
                level: absences % 60 == 1 ? level : .debug,
                error is LogAbsent
                    ? "A log is not there yet"
                    : "The database lacks what the entries need: look whether each suite service is up to date",
                metadata: metadata(error))
        } else if !(error is LogRetryLater) {
            pool.logger.warning("A log could not be followed for the moment", metadata: metadata(error))
        }
        state.withLock { $0.distrustItself() }
        let pause = min(.milliseconds(100) * (1 << min(max(absences - 1, 0), 4)), .seconds(1))
        try? await Task.sleep(for: (error as? LogRetryLater)?.pause ?? pause)
    }

    /// A table, column, function or right is not there (SQLSTATE class 42 and 3F000): the service that owns it has not made
    /// it yet, for they are started and upgraded in any order.
    static func isAbsence(_ error: any Error) -> Bool {
        switch error {
        case is LogAbsent: true
        case let error as PostgresError: error.sqlState == "3F000" || error.sqlState.hasPrefix("42")
        default: false
        }
    }

    private func metadata(_ error: any Error) -> Logger.Metadata {
        ["consumer": "\(name)", "log": "\(log)", "error": "\(Self.reason(error))"]
    }

    /// What may be kept and logged of an error: a handler's own may hold a customer's data.
    static func reason(_ error: any Error) -> String {
        switch error {
        case let error as LogEntryRefused: error.reason
        case let error as PostgresError: error.description
        case let error as LogAbsent: error.cause.description
        case let error as EventLogError: error.description
        default: String(describing: type(of: error))
        }
    }
}

/// A batch cannot be read because its log, or what is asked along with it, is not there or may not be read (any more):
/// no entry is to blame.
private struct LogAbsent: Error {
    let cause: PostgresError
}
