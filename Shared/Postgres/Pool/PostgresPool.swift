public import Logging
internal import Synchronization

/// Connections to one database as one role, lent to one caller at a time.
///
/// Bounded both ways: `poolSize` connections, `maximumWaiters` callers that wait, each `acquireTimeout` at most.
/// Connections are made when they are wanted; one that the server ended is dropped at once and made anew, with a
/// growing pause while the server is away.
public final class PostgresPool: Sendable {
    public let configuration: PostgresConfiguration
    public let logger: Logger
    let notifications: NotificationHub
    private let state: Mutex<PoolState<PostgresConnection>>
    private let nextWaiter = Atomic<UInt64>(0)
    private let isExpiryScheduled = Atomic<Bool>(false)
    private let loop = EventLoop.next()

    /// A preference for tasks whose time goes into statements: they go on where the answers come in, which spares two
    /// wake-ups of threads for each statement.
    ///
    /// Only for tasks that never block and do little between their statements: everybody's answers come in there. Each
    /// look gives the next of the threads there are, so that tasks that ask one by one are spread over them.
    public var executor: any TaskExecutor { EventLoop.nextPreference() }

    public init(_ configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        notifications = NotificationHub(configuration: configuration, logger: logger)
        state = Mutex(PoolState(size: configuration.poolSize, maximumWaiters: configuration.maximumWaiters))
    }

    /// Lends a connection to `body`. It must not be used after `body` has returned.
    ///
    /// - Parameter deadline: the server stops what `body` runs then.
    /// - Throws: what `body` throws; `PostgresError` with `.poolExhausted`, `.acquireTimedOut`, `.connectionRefused` or
    ///   `.closed` where there was no connection.
    public nonisolated(nonsending) func withConnection<R>(
        deadline: ContinuousClock.Instant? = nil, _ body: (PostgresConnection) async throws -> R
    ) async throws -> R {
        let connection = try await acquire(deadline: deadline)
        defer { release(connection) }
        guard let deadline else { return try await body(connection) }
        await connection.setDeadline(deadline)
        do {
            let result = try await body(connection)
            await connection.setDeadline(nil)
            return result
        } catch {
            await connection.setDeadline(nil)
            throw error
        }
    }

    /// Runs one statement on a connection of its own and returns its rows.
    public nonisolated(nonsending) func query(_ sql: SQL, deadline: ContinuousClock.Instant? = nil) async throws
        -> [PostgresRow]
    {
        let connection = try await acquire(deadline: deadline)
        defer { release(connection) }
        return try await connection.query(sql, deadline: deadline)
    }

    /// Runs one statement on a connection of its own and returns how many rows it wrote.
    @discardableResult
    public nonisolated(nonsending) func execute(_ sql: SQL, deadline: ContinuousClock.Instant? = nil) async throws
        -> Int
    {
        let connection = try await acquire(deadline: deadline)
        defer { release(connection) }
        return try await connection.execute(sql, deadline: deadline)
    }

    // MARK: Lending

    private nonisolated(nonsending) func acquire(deadline: ContinuousClock.Instant?) async throws -> PostgresConnection
    {
        var acquisition = acquireNow()
        if case .lease(let connection) = acquisition, connection.isClean {
            return connection
        }
        let patience = ContinuousClock.now + configuration.acquireTimeout
        let limit = deadline.map { min($0, patience) } ?? patience
        while true {
            let grant: PoolState<PostgresConnection>.Grant
            switch acquisition {
            case .lease(let connection): grant = .lease(connection)
            case .connect: grant = .connect
            case .refuse(let error): throw error
            case .wait: grant = await wait(until: limit)
            }
            switch grant {
            case .connect: return try await connect(until: limit)
            case .fail(let error):
                if Task.isCancelled { throw CancellationError() }
                throw error
            case .lease(let connection):
                if connection.isClean { return connection }
                // Lost between its return and now.
                discard(connection)
                acquisition = acquireNow()
            }
        }
    }

    /// A connection without waiting. On the thread of a loop one of its own, whose answers come in there, or a new one; one
    /// of another loop only where the pool is full.
    private func acquireNow() -> PoolState<PostgresConnection>.Acquisition {
        guard let loop = EventLoop.current else { return state.withLock { $0.acquire() } }
        return state.withLock { $0.acquire { $0.loop === loop } }
    }

    private func wait(until deadline: ContinuousClock.Instant) async -> PoolState<PostgresConnection>.Grant {
        let id = nextWaiter.wrappingAdd(1, ordering: .relaxed).oldValue
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let grant: PoolState<PostgresConnection>.Grant? = state.withLock { state in
                    // A connection may have come back since the first look.
                    switch state.acquire() {
                    case .lease(let connection): return .lease(connection)
                    case .connect: return .connect
                    case .refuse(let error): return .fail(error)
                    case .wait:
                        state.enqueue(id, .init(deadline: deadline, continuation: continuation))
                        return nil
                    }
                }
                if let grant { continuation.resume(returning: grant) } else { scheduleExpiry(at: deadline) }
                if Task.isCancelled { cancelWait(id) }
            }
        } onCancel: {
            cancelWait(id)
        }
    }

    private func cancelWait(_ id: UInt64) {
        let waiter = state.withLock { $0.remove(id) }
        waiter?.continuation.resume(returning: .fail(PostgresError(.acquireTimedOut, "the caller gave up")))
    }

    private func scheduleExpiry(at deadline: ContinuousClock.Instant) {
        guard !isExpiryScheduled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        // Waits are short of one another by little: looking once a tenth of a second is enough.
        loop.perform(at: min(deadline, .now + .milliseconds(100))) { [self] in
            isExpiryScheduled.store(false, ordering: .releasing)
            let (due, earliest) = state.withLock { ($0.expire(.now), $0.earliestDeadline) }
            for waiter in due {
                waiter.continuation.resume(
                    returning: .fail(PostgresError(.acquireTimedOut, "no connection became free in time")))
            }
            if let earliest { scheduleExpiry(at: earliest) }
        }
    }

    private nonisolated(nonsending) func connect(until deadline: ContinuousClock.Instant) async throws
        -> PostgresConnection
    {
        var pause = Duration.milliseconds(20)
        do {
            while true {
                do throws(PostgresError) {
                    return try await PostgresConnection.connect(configuration, deadline: deadline) { [weak self] in
                        self?.dropIdle($0)
                    }
                } catch {
                    if Task.isCancelled { throw CancellationError() }
                    // One of another loop is better than none.
                    if let idle = state.withLock({ $0.takeInstead() }) {
                        if idle.isClean { return idle }
                        idle.closeSoon()
                    }
                    guard error.code == .connectionRefused, ContinuousClock.now + pause < deadline else { throw error }
                    logger.debug("The database is not reachable, trying again", metadata: ["error": "\(error)"])
                }
                try await Task.sleep(for: pause)
                if state.withLock({ $0.isClosed }) { throw PostgresError(.closed, "the pool is closed") }
                pause = min(pause * 2, .milliseconds(500))
            }
        } catch {
            passOn()
            throw error
        }
    }

    private func release(_ connection: PostgresConnection) {
        guard connection.isClean else { return discard(connection) }
        let (isKept, waiter) = state.withLock { $0.release(connection) }
        if let waiter { return waiter.continuation.resume(returning: .lease(connection)) }
        // Or lost while it was put back, when nobody could find it among the idle. Where it is no longer among them,
        // somebody has it by now, who judges it himself.
        if !isKept || (!connection.isClean && dropIdle(connection.channel)) { connection.closeSoon() }
    }

    private func discard(_ connection: PostgresConnection) {
        connection.closeSoon()
        passOn()
    }

    /// Gives the place of a connection that is gone to the next who waits.
    private func passOn() {
        state.withLock { $0.discard() }?.continuation.resume(returning: .connect)
    }

    /// False where it is not among the idle.
    @discardableResult
    private func dropIdle(_ channel: Channel) -> Bool {
        // The connection comes out of the lock, so that it is freed outside.
        state.withLock { $0.dropIdle { $0.channel === channel } } != nil
    }

    // MARK: Life

    /// Closes the idle connections, refuses new work, and waits for what is lent to come back.
    ///
    /// - Parameter bound: after this time it returns all the same.
    public func close(within bound: Duration = .seconds(5)) async {
        let (idle, waiters) = state.withLock { $0.close() }
        notifications.close()
        for connection in idle { await connection.close() }
        for waiter in waiters {
            waiter.continuation.resume(returning: .fail(PostgresError(.closed, "the pool is closed")))
        }
        let end = ContinuousClock.now + bound
        while state.withLock({ $0.total }) > 0, .now < end {
            do { try await Task.sleep(for: .milliseconds(10)) } catch { return }
        }
    }

    /// How many connections there are, how many of them are free, and how many callers wait.
    public var occupancy: (connections: Int, idle: Int, waiting: Int) {
        state.withLock { ($0.total, $0.idleCount, $0.waiterCount) }
    }
}

extension PostgresConnection {
    func setDeadline(_ deadline: ContinuousClock.Instant?) { self.deadline = deadline }

    nonisolated func closeSoon() {
        loop.perform { [self] in assumeIsolated { $0.close() } }
    }
}
