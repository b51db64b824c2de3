internal import CPostgres
internal import Synchronization

/// The `PGconn` of one connection and who waits on it. Every call of libpq for a live connection is made here.
///
/// `@unchecked Sendable`: everything but `isClean` is touched on the event loop's thread alone, by the loop itself and by
/// the actor that the loop executes.
final class Channel: EventHandler, @unchecked Sendable {
    enum Wait {
        /// An answer is complete.
        case answer
        /// Something arrived.
        case input
        /// There is room to send.
        case room
    }

    let pointer: OpaquePointer
    let loop: EventLoop
    private let descriptor: Int32
    private let cancelHandle: CancelHandle
    private(set) var isOpen = true
    private var isFinished = false

    /// The one who waits. Unsafe, because this is resumed once per query: `wake` takes it before resuming it.
    private var waiter: UnsafeContinuation<Void, Never>?
    private var waitsFor = Wait.answer
    /// The statement whose answer is taken here.
    private var direct: DirectStatement?
    /// The one who waits for cancels to have reached the server.
    private var settler: UnsafeContinuation<Void, Never>?
    private var isWatched = true
    private var awaitsRoom = false

    /// When the running operation has to be over, or, while the loop takes the answer itself, when its patience is.
    private(set) var deadline: ContinuousClock.Instant?
    private(set) var operation: UInt64 = 0
    private var isRunning = false
    private(set) var interruption: Interruption?
    /// When the connection is given up because the server did not stop.
    private var graceEnd = ContinuousClock.now
    /// The pause before the server is asked to stop once more; nil where it is not asked (any more).
    private var cancelPause: Duration?
    private(set) var cancelsInFlight = 0

    /// Those who listen, by the channel of NOTIFY that they listen to.
    var listeners: [String: [AsyncStream<String>.Continuation]] = [:]
    /// Whether the next borrower may have the connection as it is. Read by the pool from any thread.
    let isClean = Atomic<Bool>(true)
    /// Called once, when the connection ended, whoever ended it.
    private let onLoss: (@Sendable (Channel) -> Void)?

    /// Why a running operation was asked to stop.
    enum Interruption {
        case taskCancelled
        case deadlinePassed
    }

    /// How long a server may take to obey a cancel before the connection is given up.
    private static let cancelGrace = Duration.seconds(3)
    /// The first pause between two cancels; it doubles with each.
    private static let firstCancelPause = Duration.milliseconds(100)

    /// Takes over the connection; to be called on the loop's thread.
    init(adopting handle: Connector.Handle, loop: EventLoop, onLoss: (@Sendable (Channel) -> Void)?) {
        pointer = handle.pointer
        self.onLoss = onLoss
        self.loop = loop
        descriptor = PQsocket(handle.pointer)
        cancelHandle = CancelHandle(handle.pointer)
        loop.watch(descriptor, handler: self)
    }

    /// Whether the server is outside any transaction, as far as its answers said.
    var isIdle: Bool { PQtransactionStatus(pointer) == PQTRANS_IDLE }

    var isInTransaction: Bool {
        [PQTRANS_INTRANS, PQTRANS_INERROR].contains(PQtransactionStatus(pointer))
    }

    // MARK: Waiting

    /// Suspends until what is waited for is there or the connection ended (then it throws).
    nonisolated(nonsending) func wait(for wanted: Wait) async throws(PostgresError) {
        guard isOpen else { throw loss() }
        // Asked and watched in one piece with becoming the waiter: a task that prefers an executor gives up its turn on
        // the loop at any await, and the loop then finds the socket ready or lost, and nobody to tell.
        await withUnsafeContinuation { continuation in
            guard isOpen else { return continuation.resume() }
            watch(for: wanted)
            waiter = continuation
        }
        guard isOpen else { throw loss() }
    }

    private func watch(for wanted: Wait) {
        if !isWatched {
            isWatched = true
            awaitsRoom = false
            loop.watch(descriptor, handler: self)
        }
        if awaitsRoom != (wanted == .room) {
            awaitsRoom = wanted == .room
            loop.change(descriptor, writes: awaitsRoom)
        }
        if let deadline { loop.note(deadline: deadline) }
        waitsFor = wanted
    }

    /// Sends everything that libpq has buffered.
    nonisolated(nonsending) func flush() async throws(PostgresError) {
        while true {
            switch PQflush(pointer) {
            case 0: return
            case 1: try await wait(for: .room)
            default: throw lose()
            }
        }
    }

    private func wake() {
        guard let waiter else { return }
        self.waiter = nil
        waiter.resume()
    }

    private func settle() {
        guard let settler else { return }
        self.settler = nil
        settler.resume()
    }

    private func unwatch() {
        guard isWatched else { return }
        isWatched = false
        loop.unwatch(descriptor)
    }

    func loss() -> PostgresError {
        switch interruption {
        case .deadlinePassed: PostgresError(.deadlineExceeded, "the database did not stop the statement in time")
        default: PostgresError(.connectionLost, "the connection to the database ended")
        }
    }

    /// Marks the connection as gone.
    @discardableResult
    func lose() -> PostgresError {
        if isOpen {
            isOpen = false
            unwatch()
            wake()
            settle()
            isClean.store(false, ordering: .releasing)
            endListeners()
            onLoss?(self)
            handOver(direct?.first)
        }
        return loss()
    }

    /// Frees the connection. Nothing waits on it any more.
    func finish() {
        guard !isFinished else { return }
        isFinished = true
        isOpen = false
        unwatch()
        endListeners()
        PQfinish(pointer)
    }

    private func endListeners() {
        for listener in listeners.values.joined() { listener.finish() }
        listeners = [:]
    }

    // MARK: EventHandler

    func socketIsReady() {
        guard isOpen else { return }
        // Nobody takes what is coming, and a statement runs: leave it in the socket, so that a slow reader of COPY
        // slows the server instead of filling this process.
        if waiter == nil, direct == nil, isRunning { return unwatch() }
        guard PQconsumeInput(pointer) == 1 else {
            lose()
            return
        }
        deliverNotifications()
        guard direct == nil else { return takeDirectAnswer() }
        switch waitsFor {
        case .answer: if PQisBusy(pointer) == 0 { wake() }
        case .input: wake()
        case .room: wake()
        }
    }

    private func deliverNotifications() {
        guard !listeners.isEmpty else { return }
        while let notification = PQnotifies(pointer) {
            let payload = String(cString: notification.pointee.extra)
            for listener in listeners[String(cString: notification.pointee.relname)] ?? [] { listener.yield(payload) }
            PQfreemem(notification)
        }
    }

    func deadlineHasPassed() {
        if direct != nil { return handOver(direct?.first) }
        guard interruption != nil else { return interrupt(.deadlinePassed) }
        guard ContinuousClock.now < graceEnd else {
            lose()
            return
        }
        askServerToStop()
    }

    // MARK: Direct statements

    /// Takes the answer to the statement that was sent last, as it comes in.
    func awaitAnswer(to statement: DirectStatement) {
        direct = statement
        guard PQflush(pointer) == 0 else { return handOver(nil) }
        watch(for: .answer)
    }

    private func takeDirectAnswer() {
        while PQisBusy(pointer) == 0 {
            // The end of the answers must be read too, or the next statement cannot be sent.
            guard let next = PQgetResult(pointer).map({ PostgresResult(adopting: $0) }) else {
                guard let statement = direct, let answer = statement.first else { return handOver(nil) }
                direct = nil
                endOperation()
                statement.connection.directStatementIsAnswered()
                // Last, because the task may run at once, and its next statement with it.
                return statement.continuation.resume(returning: .answered(answer))
            }
            guard next.isPlain else { return handOver(next) }
            if direct?.first == nil { direct?.first = next }
        }
    }

    /// Leaves the statement to the task that waits for it.
    private func handOver(_ first: PostgresResult?) {
        guard let statement = direct else { return }
        direct = nil
        // The loop's patience is over; its end must not be taken for that of the statement.
        deadline = statement.limit
        if let deadline { loop.note(deadline: deadline) }
        statement.continuation.resume(returning: .underWay(first: first))
    }

    // MARK: Operations and their cancellation

    func begin(deadline: ContinuousClock.Instant?) -> UInt64 {
        operation += 1
        isRunning = true
        interruption = nil
        self.deadline = deadline
        return operation
    }

    /// Ends an operation. When a cancel was under way it waits for it and swallows it, so that it cannot hit the next
    /// statement.
    nonisolated(nonsending) func end() async {
        if interruption != nil, isOpen {
            cancelPause = nil
            deadline = graceEnd
            while cancelsInFlight > 0, isOpen {
                await withUnsafeContinuation { continuation in
                    // Once more, as in `wait`.
                    guard cancelsInFlight > 0, isOpen else { return continuation.resume() }
                    settler = continuation
                }
            }
            try? await swallowLateCancel()
        }
        endOperation()
    }

    private func endOperation() {
        deadline = nil
        isRunning = false
        guard isOpen else { return }
        // What came when nobody waited was left in the socket: the end of an idle connection must be noticed.
        if !isWatched { watch(for: .answer) }
        // What stood right behind the end of the answer was read with it.
        deliverNotifications()
    }

    private nonisolated(nonsending) func swallowLateCancel() async throws(PostgresError) {
        guard isOpen, PQpipelineStatus(pointer) == PQ_PIPELINE_OFF, PQsendQuery(pointer, "") == 1 else { return }
        try await flush()
        while true {
            while PQisBusy(pointer) == 1 { try await wait(for: .answer) }
            guard let result = PQgetResult(pointer) else { return }
            PQclear(result)
        }
    }

    /// From any thread: asks the server to stop `operation`, if it still runs when the loop gets to it.
    func requestCancel(of operation: UInt64) {
        loop.perform { [self] in
            guard isRunning, operation == self.operation, interruption == nil else { return }
            interrupt(.taskCancelled)
        }
    }

    private func interrupt(_ reason: Interruption) {
        interruption = reason
        graceEnd = ContinuousClock.now + Self.cancelGrace
        cancelPause = Self.firstCancelPause
        askServerToStop()
    }

    /// Again and again, because a server that a cancel reaches before it began with the statement forgets the cancel.
    private func askServerToStop() {
        var next = graceEnd
        if let pause = cancelPause {
            next = min(.now + pause, graceEnd)
            cancelPause = pause * 2
            if cancelsInFlight == 0 { sendCancel() }
        }
        deadline = next
        loop.note(deadline: next)
    }

    private func sendCancel() {
        cancelsInFlight += 1
        Connector.queue.async { [self, cancelHandle] in
            cancelHandle.cancel()
            loop.perform { [self] in
                cancelsInFlight -= 1
                settle()
            }
        }
    }
}

/// What is needed to cancel, apart from the connection itself.
///
/// `@unchecked Sendable`: `PQcancel` only reads it, and it is freed when nobody holds it any more.
private final class CancelHandle: @unchecked Sendable {
    private let pointer: OpaquePointer?

    init(_ connection: OpaquePointer) {
        pointer = PQgetCancel(connection)
    }

    deinit {
        PQfreeCancel(pointer)
    }

    /// Blocks until the server has taken the request.
    func cancel() {
        var message = [CChar](repeating: 0, count: 256)
        _ = PQcancel(pointer, &message, Int32(message.count))
    }
}
