internal import CPostgres
internal import Foundation
internal import Synchronization

/// One thread that waits on the sockets of several connections and runs the jobs of their actors.
///
/// The actors' serial executor and the poller are the same thread on purpose: a reply is read, decoded and its waiter
/// resumed without waking another thread, which a dispatch source in front of a dispatch queue does twice a query.
///
/// `@unchecked Sendable`: `jobs` is behind its lock; everything else is touched on the loop's own thread alone.
final class EventLoop: SerialExecutor, @unchecked Sendable {
    /// The loops of this process. Connections are dealt out in turn, but for those that a task of a loop asks for.
    private static let loops: [EventLoop] = (0..<loopCount).map { EventLoop(name: "postgres-\($0)") }
    private static let nextLoop = Atomic<Int>(0)
    private static let nextPreferred = Atomic<Int>(0)
    /// How often what became ready by running is run before the sockets are looked at again: a look costs a call of the
    /// system, and a task that prefers this thread comes back several times between two answers.
    private static let roundsPerWait = 32
    /// Two at least where there are two processors: a server on the same machine sleeps on the one while a single loop
    /// works on the other, and waking a processor costs more than a query. One thread carries some tens of thousands of
    /// queries a second, so few are enough.
    private static let loopCount: Int = {
        let processors = ProcessInfo.processInfo.activeProcessorCount
        return min(processors, max(2, processors / 4))
    }()

    private enum Work {
        /// Of an actor whose serial executor this is.
        case isolated(UnownedJob)
        /// Of a task that prefers this thread.
        case preferring(UnownedJob)
    }

    private struct Jobs {
        var pending: [Work] = []
        var actions: [@Sendable () -> Void] = []
        var isAsleep = false
    }

    private struct Source {
        var generation: UInt32
        var handler: (any EventHandler)?
    }

    /// What tasks that prefer this thread are given. Written once, before anybody has the loop.
    private(set) var preference: EventLoopPreference!
    private let jobs = Mutex(Jobs())
    private let epollDescriptor: Int32
    private let wakeDescriptor: Int32
    /// What runs now; kept, so that its memory is used again.
    private var taken = Jobs()
    /// Whether a task that prefers this thread runs on it now.
    private var runsPreferring = false
    private var sources: [Source] = []
    private var timers: [(deadline: ContinuousClock.Instant, action: @Sendable () -> Void)] = []
    /// No deadline passes before this instant; looking is not worth while earlier.
    private var earliestDeadline: ContinuousClock.Instant?
    // Written once, by the thread itself, before it takes its first job.
    private let threadIdentity = Atomic<UInt>(0)

    static func next() -> EventLoop {
        loops[nextLoop.wrappingAdd(1, ordering: .relaxed).oldValue % loops.count]
    }

    /// For tasks; apart from the connections, which would take the turns of one and the same loop away.
    static func nextPreference() -> EventLoopPreference {
        loops[nextPreferred.wrappingAdd(1, ordering: .relaxed).oldValue % loops.count].preference
    }

    /// The loop whose thread this is.
    static var current: EventLoop? { loops.first { $0.isCurrentThread } }

    private init(name: String) {
        epollDescriptor = zhike_epoll_create()
        wakeDescriptor = zhike_event_create()
        precondition(epollDescriptor >= 0 && wakeDescriptor >= 0, "No file descriptors are left for the database")
        _ = zhike_epoll_control(epollDescriptor, ZHIKE_EPOLL_ADD, wakeDescriptor, ZHIKE_EPOLL_READ, UInt64.max)
        preference = EventLoopPreference(self)
        let thread = Thread { [self] in
            threadIdentity.store(UInt(pthread_self()), ordering: .releasing)
            run()
        }
        thread.name = name
        thread.start()
    }

    var isCurrentThread: Bool { threadIdentity.load(ordering: .acquiring) == UInt(pthread_self()) }

    // MARK: Executor

    func enqueue(_ job: consuming ExecutorJob) { enqueue(.isolated(UnownedJob(job))) }

    private func enqueue(_ work: Work) {
        let mustWake = jobs.withLock { jobs in
            jobs.pending.append(work)
            defer { jobs.isAsleep = false }
            return jobs.isAsleep
        }
        // The loop itself looks for work before it sleeps.
        if mustWake, !isCurrentThread { zhike_event_signal(wakeDescriptor) }
    }

    /// Runs a job of a task that prefers this thread: at once where it became ready here, unless another runs already,
    /// so that they do not pile up on the stack.
    func enqueue(preferring job: UnownedJob) {
        guard isCurrentThread, !runsPreferring else { return enqueue(.preferring(job)) }
        run(preferring: job)
    }

    func checkIsolated() {
        precondition(isCurrentThread, "A connection was touched outside its event loop")
    }

    func isIsolatingCurrentContext() -> Bool? { isCurrentThread }

    /// Runs a short action on the loop's thread, soon.
    func perform(_ action: @escaping @Sendable () -> Void) {
        let mustWake = jobs.withLock { jobs in
            jobs.actions.append(action)
            defer { jobs.isAsleep = false }
            return jobs.isAsleep
        }
        if mustWake { zhike_event_signal(wakeDescriptor) }
    }

    /// Runs a short action on the loop's thread once `deadline` has passed.
    func perform(at deadline: ContinuousClock.Instant, _ action: @escaping @Sendable () -> Void) {
        perform { [self] in
            timers.append((deadline, action))
            note(deadline: deadline)
        }
    }

    // MARK: Sockets (on the loop's thread)

    /// Watches a socket for reading; the handler is kept until `unwatch`.
    func watch(_ descriptor: Int32, handler: any EventHandler) {
        let index = Int(descriptor)
        while sources.count <= index { sources.append(Source(generation: 0, handler: nil)) }
        sources[index].generation &+= 1
        sources[index].handler = handler
        _ = zhike_epoll_control(epollDescriptor, ZHIKE_EPOLL_ADD, descriptor, ZHIKE_EPOLL_READ, token(of: descriptor))
    }

    /// Asks for room to write too, or no longer.
    func change(_ descriptor: Int32, writes: Bool) {
        let events = ZHIKE_EPOLL_READ | (writes ? ZHIKE_EPOLL_WRITE : 0)
        _ = zhike_epoll_control(epollDescriptor, ZHIKE_EPOLL_MODIFY, descriptor, events, token(of: descriptor))
    }

    /// Forgets a socket; call it before the socket is closed, so that a new one of the same number is not confused.
    func unwatch(_ descriptor: Int32) {
        sources[Int(descriptor)].handler = nil
        _ = zhike_epoll_control(epollDescriptor, ZHIKE_EPOLL_DELETE, descriptor, 0, 0)
    }

    /// Makes sure that handlers are asked about their deadlines once this one has passed.
    func note(deadline: ContinuousClock.Instant) {
        if let earliest = earliestDeadline, earliest <= deadline { return }
        earliestDeadline = deadline
    }

    private func token(of descriptor: Int32) -> UInt64 {
        UInt64(sources[Int(descriptor)].generation) << 32 | UInt64(UInt32(descriptor))
    }

    // MARK: The loop

    private func run() {
        var ready = [zhike_ready](repeating: zhike_ready(), count: Int(ZHIKE_EPOLL_BATCH))
        while true {
            let isIdle = jobs.withLock { jobs in
                jobs.isAsleep = jobs.pending.isEmpty && jobs.actions.isEmpty
                return jobs.isAsleep
            }
            let count = zhike_epoll_wait(epollDescriptor, &ready, isIdle ? sleepMilliseconds() : 0)
            for event in ready.prefix(max(0, Int(count))) { dispatch(event) }
            if let earliest = earliestDeadline, earliest <= .now { expire() }
            var round = 0
            while round < Self.roundsPerWait, runPending() { round += 1 }
        }
    }

    /// Runs what became ready; false where that was nothing.
    private func runPending() -> Bool {
        jobs.withLock { jobs in
            jobs.isAsleep = false
            swap(&jobs.pending, &taken.pending)
            swap(&jobs.actions, &taken.actions)
        }
        guard !taken.pending.isEmpty || !taken.actions.isEmpty else { return false }
        for work in taken.pending {
            switch work {
            case .isolated(let job): job.runSynchronously(on: asUnownedSerialExecutor())
            case .preferring(let job): run(preferring: job)
            }
        }
        for action in taken.actions { action() }
        taken.pending.removeAll(keepingCapacity: true)
        taken.actions.removeAll(keepingCapacity: true)
        return true
    }

    private func run(preferring job: UnownedJob) {
        runsPreferring = true
        job.runSynchronously(on: preference.asUnownedTaskExecutor())
        runsPreferring = false
    }

    private func dispatch(_ event: zhike_ready) {
        guard event.token != UInt64.max else { return zhike_event_clear(wakeDescriptor) }
        let source = sources[Int(UInt32(truncatingIfNeeded: event.token))]
        // An older generation: the socket was closed by an event earlier in this batch.
        guard source.generation == UInt32(event.token >> 32), let handler = source.handler else { return }
        handler.socketIsReady()
    }

    private func sleepMilliseconds() -> Int32 {
        guard let earliestDeadline else { return -1 }
        let (seconds, attoseconds) = (earliestDeadline - .now).components
        // One more, because sleeping short of the deadline would spin.
        return Int32(
            clamping: max(
                0, seconds.multipliedReportingOverflow(by: 1000).partialValue + attoseconds / 1_000_000_000_000_000 + 1)
        )
    }

    private func expire() {
        let now = ContinuousClock.now
        earliestDeadline = nil
        let due = timers.filter { $0.deadline <= now }
        timers.removeAll { $0.deadline <= now }
        for timer in due { timer.action() }
        for timer in timers { note(deadline: timer.deadline) }
        for source in sources {
            guard let handler = source.handler, let deadline = handler.deadline else { continue }
            if deadline <= now { handler.deadlineHasPassed() } else { note(deadline: deadline) }
        }
    }
}

/// Whoever owns a watched socket. Everything here is called on the loop's thread.
protocol EventHandler: AnyObject {
    var deadline: ContinuousClock.Instant? { get }
    func socketIsReady()
    func deadlineHasPassed()
}
