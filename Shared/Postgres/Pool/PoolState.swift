/// Who has which connection and who waits: decisions alone. What is to be done about them is returned.
struct PoolState<Connection: AnyObject & Sendable>: ~Copyable {
    enum Acquisition {
        case lease(Connection)
        /// The caller makes a connection; its place is taken already.
        case connect
        case wait
        case refuse(PostgresError)
    }

    enum Grant: Sendable {
        case lease(Connection)
        case connect
        case fail(PostgresError)
    }

    /// An object: copying and destroying an optional of a generic struct costs calls of the runtime, also where it is nil,
    /// which it is at nearly every return of a connection.
    final class Waiter: Sendable {
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<Grant, Never>

        init(deadline: ContinuousClock.Instant, continuation: CheckedContinuation<Grant, Never>) {
            self.deadline = deadline
            self.continuation = continuation
        }
    }

    private let size: Int
    private let maximumWaiters: Int
    /// The one used last is lent first: its statements are prepared and its pages warm.
    private var idle: [Connection] = []
    private(set) var total = 0
    private var waiters: [UInt64: Waiter] = [:]
    private var order: [UInt64] = []
    private var orderHead = 0
    private(set) var isClosed = false

    init(size: Int, maximumWaiters: Int) {
        self.size = size
        self.maximumWaiters = maximumWaiters
    }

    var idleCount: Int { idle.count }
    var waiterCount: Int { waiters.count }
    var earliestDeadline: ContinuousClock.Instant? { waiters.values.map(\.deadline).min() }

    /// - Parameter isPreferred: rather one of these, or a new one, than another that is idle.
    mutating func acquire(preferring isPreferred: ((Connection) -> Bool)? = nil) -> Acquisition {
        if isClosed { return .refuse(PostgresError(.closed, "the pool is closed")) }
        if let isPreferred {
            if let index = idle.lastIndex(where: isPreferred) { return .lease(idle.remove(at: index)) }
            if let connect = connect() { return connect }
        }
        if let connection = idle.popLast() { return .lease(connection) }
        if let connect = connect() { return connect }
        if waiters.count >= maximumWaiters {
            return .refuse(PostgresError(.poolExhausted, "too many callers wait for a connection"))
        }
        return .wait
    }

    private mutating func connect() -> Acquisition? {
        guard total < size else { return nil }
        total += 1
        return .connect
    }

    /// An idle connection in place of one that could not be made. One of two places is free from then on, also where it
    /// turns out to be lost: the caller then goes on with the other.
    mutating func takeInstead() -> Connection? {
        guard let connection = idle.popLast() else { return nil }
        total -= 1
        return connection
    }

    mutating func enqueue(_ id: UInt64, _ waiter: Waiter) {
        waiters[id] = waiter
        // Those who gave up leave their numbers behind.
        if order.count - orderHead > 2 * waiters.count + 64 {
            order = order[orderHead...].filter { waiters[$0] != nil }
            orderHead = 0
        }
        order.append(id)
    }

    /// A connection comes back in order: to the first who waits, or among the idle. nil where it is to be closed.
    mutating func release(_ connection: Connection) -> (isKept: Bool, waiter: Waiter?) {
        if isClosed {
            total -= 1
            return (false, nil)
        }
        if let waiter = popWaiter() { return (true, waiter) }
        idle.append(connection)
        return (true, nil)
    }

    /// A connection is gone; the first who waits may make another in its place.
    mutating func discard() -> Waiter? {
        if !isClosed, let waiter = popWaiter() { return waiter }
        total -= 1
        return nil
    }

    /// A connection was ended by the server. Returned where it was idle; a lent one is judged when it comes back.
    mutating func dropIdle(_ isDropped: (Connection) -> Bool) -> Connection? {
        guard let index = idle.firstIndex(where: isDropped) else { return nil }
        total -= 1
        return idle.remove(at: index)
    }

    mutating func remove(_ id: UInt64) -> Waiter? { waiters.removeValue(forKey: id) }

    mutating func expire(_ now: ContinuousClock.Instant) -> [Waiter] {
        let due = waiters.filter { $0.value.deadline <= now }
        for id in due.keys { waiters[id] = nil }
        return Array(due.values)
    }

    mutating func close() -> (idle: [Connection], waiters: [Waiter]) {
        isClosed = true
        defer {
            total -= idle.count
            idle = []
            waiters = [:]
        }
        return (idle, Array(waiters.values))
    }

    private mutating func popWaiter() -> Waiter? {
        while orderHead < order.count {
            let id = order[orderHead]
            orderHead += 1
            if orderHead == order.count || orderHead > 1024 {
                order.removeFirst(orderHead)
                orderHead = 0
            }
            if let waiter = waiters.removeValue(forKey: id) { return waiter }
        }
        return nil
    }
}
