internal import CPostgres
internal import Synchronization

/// One connection to Postgres. Its statements run one after another in the order they were asked for.
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
    var listeners: [String: [AsyncStream<String>.Continuation]] = [:]
    /// The COPY that has the connection to itself.
    var copyOperation: UInt64?
    private var isBusy = false
    private var turns: [CheckedContinuation<Void, Never>] = []

    /// Whether the next borrower may have it as it is. Read by the pool from any thread.
    nonisolated let isClean = Atomic<Bool>(true)

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
        onLoss: (@Sendable (PostgresConnection) -> Void)?
    ) async throws(PostgresError) -> PostgresConnection {
        let handle = try await Connector.connect(configuration, deadline: deadline)
        let loop = EventLoop.next()
        let connection = await withCheckedContinuation { continuation in
            loop.perform {
                let channel = Channel(adopting: handle, loop: loop)
                let connection = PostgresConnection(
                    channel: channel, loop: loop, configuration: configuration)
                // The loop keeps the channel while it is watched; the connection must not keep itself alive by it.
                channel.onLoss = { [weak connection] in
                    guard let connection else { return }
                    connection.isClean.store(false, ordering: .releasing)
                    connection.assumeIsolated { $0.endListeners() }
                    onLoss?(connection)
                }
                continuation.resume(returning: connection)
            }
        }
        return connection
    }

    private init(channel: Channel, loop: EventLoop, configuration: PostgresConfiguration) {
        self.channel = channel
        self.loop = loop
        standardTimeout = configuration.statementTimeout
        statements = StatementCache(limit: configuration.preparedStatementLimit)
    }

    deinit {
        let channel = channel
        loop.perform { channel.finish() }
    }

    /// Ends the connection; whatever runs on it fails.
    public func close() {
        isClean.store(false, ordering: .releasing)
        channel.lose()
    }

    /// The server's process, for a look into `pg_stat_activity`.
    public var backendProcessID: Int32 { PQbackendPID(channel.pointer) }
    public var isOpen: Bool { channel.isOpen }

    // MARK: Turns

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
            return try await finish(channel.begin(deadline: limit), deadline: ownDeadline, body)
        }
        if Task.isCancelled { throw CancellationError() }
        let deadline = [ownDeadline, self.deadline, transaction?.deadline].compactMap { $0 }.min()
        if let deadline, deadline <= .now {
            throw PostgresError(.deadlineExceeded, "the deadline had passed before the statement began")
        }
        let operation = channel.begin(deadline: deadline)
        return try await withTaskCancellationHandler {
            try await finish(operation, deadline: deadline, body)
        } onCancel: { [channel] in
            channel.requestCancel(of: operation)
        }
    }

    /// How long a COMMIT or ROLLBACK may take before the connection is given up.
    private static let uninterruptiblePatience = Duration.seconds(30)

    private func finish<R>(
        _ operation: UInt64, deadline: ContinuousClock.Instant?, _ body: () async throws(PostgresError) -> R
    ) async throws -> R {
        do throws(PostgresError) {
            let result = try await body()
            // A BEGIN of the caller's own: nobody after it may be served by a connection that is still in there.
            if transaction == nil, channel.isInTransaction { isClean.store(false, ordering: .releasing) }
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
