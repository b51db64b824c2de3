internal import CPostgres

/// One connection to Postgres. Its statements run one after another, those of one task in the order it asked for them.
///
/// The actor's executor is the thread that waits on its socket, so libpq is never called from two threads, never blocks
/// one of Swift's own threads, and an answer costs no hand-over between threads.
public actor PostgresConnection {
    nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let channel: Channel
    var statements: StatementCache
    /// Statements that travel together with the next one.
    var preamble: [String] = []
    var transaction: TransactionState?
    /// Whether the transaction that was rolled back last met a conflict, so that it is worth a second try.
    var lastTransactionMetConflict = false
    /// The deadline of everything that this lease runs.
    var deadline: ContinuousClock.Instant?
    var sessionTimeout = SessionTimeout.standard
    let standardTimeout: Duration
    let statementRule: (@Sendable (_ text: String) throws(PostgresError) -> Void)?
    /// The COPY that has the connection to itself.
    var copyOperation: UInt64?
    private var isBusy = false
    private var turns: [CheckedContinuation<Void, Never>] = []

    /// Whether the next borrower may have it as it is.
    nonisolated var isClean: Bool { channel.isClean.load(ordering: .acquiring) }

    /// What `statement_timeout` of the session is.
    enum SessionTimeout: Equatable {
        case standard
        case named(for: ContinuousClock.Instant)
        /// A failed statement takes back the SET that travelled with it.
        case unknown
    }

    // MARK: Life

    /// Opens a connection of its own, outside any pool. Close it after use.
    public static func connect(_ configuration: PostgresConfiguration) async throws -> PostgresConnection {
        try await connect(configuration, deadline: nil, onLoss: nil)
    }

    static func connect(
        _ configuration: PostgresConfiguration, deadline: ContinuousClock.Instant?,
        onLoss: (@Sendable (Channel) -> Void)?
    ) async throws(PostgresError) -> PostgresConnection {
        // Asked for on the thread of a loop, it is for a task that stays there.
        let loop = EventLoop.current ?? .next()
        let handle = try await Connector.connect(configuration, deadline: deadline)
        let connection = await withCheckedContinuation { continuation in
            loop.perform {
                // The loop keeps the channel while it is watched, so the channel keeps the connection only while it runs a
                // statement of its: else the connection would keep itself alive. A weak reference would make each later
                // retain of the connection a slow one.
                let channel = Channel(adopting: handle, loop: loop, onLoss: onLoss)
                continuation.resume(
                    returning: PostgresConnection(channel: channel, loop: loop, configuration: configuration))
            }
        }
        return connection
    }

    private init(channel: Channel, loop: EventLoop, configuration: PostgresConfiguration) {
        self.channel = channel
        self.loop = loop
        standardTimeout = configuration.statementTimeout
        statementRule = configuration.statementRule
        statements = StatementCache(limit: configuration.preparedStatementLimit)
    }

    deinit {
        let channel = channel
        loop.perform { channel.finish() }
    }

    /// Ends the connection; whatever runs on it fails.
    public func close() {
        channel.lose()
    }

    /// The server's process, for a look into `pg_stat_activity`.
    public var backendProcessID: Int32 { PQbackendPID(channel.pointer) }
    public var isOpen: Bool { channel.isOpen }

    // MARK: Turns

    /// Takes the turn where nobody has it.
    func takeFreeTurn() -> Bool {
        defer { isBusy = true }
        return !isBusy
    }

    func takeTurn() async {
        guard isBusy else {
            isBusy = true
            return
        }
        await withCheckedContinuation { continuation in
            // Once more: a task that prefers an executor may have let others in at the await.
            guard isBusy else {
                isBusy = true
                return continuation.resume()
            }
            turns.append(continuation)
        }
    }

    func giveTurn() {
        if turns.isEmpty { isBusy = false } else { turns.removeFirst().resume() }
    }

    /// Runs one exchange with the server, alone, stopping it when the task is cancelled or the deadline passes.
    func exchange<R>(
        deadline ownDeadline: ContinuousClock.Instant? = nil, isInterruptible: Bool = true,
        _ body: () async throws(PostgresError) -> R
    ) async throws -> R {
        await takeTurn()
        defer { giveTurn() }
        guard isInterruptible else {
            let patience = ContinuousClock.now + Self.uninterruptiblePatience
            let limit = min(ownDeadline ?? patience, patience)
            _ = channel.begin(deadline: limit)
            return try await collect(deadline: ownDeadline, body)
        }
        if Task.isCancelled { throw CancellationError() }
        guard channel.isOpen else { throw channel.loss() }
        let deadline = limit(ownDeadline)
        if let deadline, deadline <= .now {
            throw PostgresError(.deadlineExceeded, "the deadline had passed before the statement began")
        }
        let operation = channel.begin(deadline: deadline)
        return try await withTaskCancellationHandler {
            try await collect(deadline: deadline, body)
        } onCancel: { [channel] in
            channel.requestCancel(of: operation)
        }
    }

    /// The earliest of the deadlines that a statement has to keep.
    func limit(_ ownDeadline: ContinuousClock.Instant?) -> ContinuousClock.Instant? {
        if ownDeadline == nil, deadline == nil { return transaction?.deadline }
        return [ownDeadline, deadline, transaction?.deadline].compactMap { $0 }.min()
    }

    /// How long a COMMIT or ROLLBACK may take before the connection is given up.
    private static let uninterruptiblePatience = Duration.seconds(30)

    /// Collects the answer to what runs, and makes of an error what the caller is to be told.
    func collect<R>(
        deadline: ContinuousClock.Instant?, _ body: () async throws(PostgresError) -> R
    ) async throws -> R {
        do throws(PostgresError) {
            let result = try await body()
            noteOwnTransaction()
            await channel.end()
            return result
        } catch {
            let interruption = channel.interruption
            // What was to set it travelled with the statement, and was undone with it.
            if transaction == nil { sessionTimeout = .unknown }
            if !channel.isOpen || PQstatus(channel.pointer) == CONNECTION_BAD { channel.lose() }
            await channel.end()
            throw Self.meaning(of: error, interruption, deadline: deadline)
        }
    }

    /// A BEGIN of the caller's own: nobody after it may be served by a connection that is still in there.
    func noteOwnTransaction() {
        if transaction == nil, channel.isInTransaction { channel.isClean.store(false, ordering: .releasing) }
    }

    static func meaning(
        of error: PostgresError, _ interruption: Channel.Interruption?, deadline: ContinuousClock.Instant?
    ) -> any Error {
        switch interruption {
        case .taskCancelled where error.sqlState == "57014" || error.isConnectionLost: return CancellationError()
        case .deadlinePassed where error.sqlState == "57014":
            return PostgresError(.deadlineExceeded, "the deadline passed", sqlState: error.sqlState)
        // The server's clock is not ours to the millisecond.
        case nil where error.sqlState == "57014" && deadline.map { $0 <= .now + .milliseconds(100) } == true:
            return PostgresError(.deadlineExceeded, "the deadline passed", sqlState: error.sqlState)
        default: return error
        }
    }
}
