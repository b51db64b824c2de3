/// The thread of an event loop as a preference of tasks: what they do between their statements runs where the answers come
/// in, without waking another thread for each.
///
/// Apart from the loop itself, which is the serial executor of its connections: the two run their jobs in different ways,
/// and a job does not tell whose it is.
final class EventLoopPreference: TaskExecutor {
    private unowned let loop: EventLoop

    init(_ loop: EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        loop.enqueue(preferring: UnownedJob(job))
    }
}
